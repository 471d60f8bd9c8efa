import { UsageError } from './exit-status.ts';

/** As which bot execfmt is in Teams, and in which of Microsoft's clouds. */
export interface TeamsSecrets {
  readonly appId: string;
  readonly password: string;
  readonly tenant: string;
  readonly loginUrl: string;
  readonly scope: string;
  readonly issuer: string;
  readonly openIdUrl: string;
  readonly graphUrl: string;
}

const NAMES = ['MicrosoftAppId', 'MicrosoftAppPassword', 'MicrosoftAppTenantId'] as const;
const PUBLIC = 'https://api.botframework.com';
const PUBLIC_KEYS = 'https://login.botframework.com/v1/.well-known/openidconfiguration';
const PUBLIC_GRAPH = 'https://graph.microsoft.com';

/**
 * Teams' secrets out of the environment (the contract's names); null when neither it nor the configuration names Teams. Half of them
 * is an error: without an app id botbuilder would check nothing that comes in. The other names are for other clouds: botbuilder's own,
 * and `MicrosoftGraphUrl`.
 */
export function teamsSecrets(configured: boolean, env: NodeJS.ProcessEnv = process.env): TeamsSecrets | null {
  const missing = NAMES.filter((name) => !env[name]?.trim());
  if (missing.length === NAMES.length && !configured) return null;
  if (missing.length > 0) throw new UsageError(`Teams is configured by half: ${missing.join(', ')} is missing.`);
  const type = env.MicrosoftAppType || 'SingleTenant';
  if (type !== 'SingleTenant') {
    throw new UsageError(
      `MicrosoftAppType is ${type}: execfmt serves one tenant, as a SingleTenant bot with a password (new bots of several tenants cannot be created any more).`,
    );
  }
  const tenant = env.MicrosoftAppTenantId ?? '';
  return {
    appId: env.MicrosoftAppId ?? '',
    password: env.MicrosoftAppPassword ?? '',
    tenant,
    loginUrl: env.ToChannelFromBotLoginUrl || `https://login.microsoftonline.com/${encodeURIComponent(tenant)}`,
    scope: env.ToChannelFromBotOAuthScope || PUBLIC,
    issuer: env.ToBotFromChannelTokenIssuer || PUBLIC,
    openIdUrl: env.ToBotFromChannelOpenIdMetadataUrl || PUBLIC_KEYS,
    graphUrl: env.MicrosoftGraphUrl || PUBLIC_GRAPH,
  };
}
