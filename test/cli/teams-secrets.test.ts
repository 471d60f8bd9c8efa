import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/cli/exit-status.ts';
import { teamsSecrets } from '../../src/cli/teams-secrets.ts';

const ALL = { MicrosoftAppId: 'app', MicrosoftAppPassword: 'secret', MicrosoftAppTenantId: 'tenant' };

describe('Teams’ secrets', () => {
  it('are none where nothing names Teams', () => expect(teamsSecrets(false, {})).toBeNull());

  it('are of Microsoft’s public cloud', () => {
    expect(teamsSecrets(false, ALL)).toEqual({
      appId: 'app',
      password: 'secret',
      tenant: 'tenant',
      loginUrl: 'https://login.microsoftonline.com/tenant',
      scope: 'https://api.botframework.com',
      issuer: 'https://api.botframework.com',
      openIdUrl: 'https://login.botframework.com/v1/.well-known/openidconfiguration',
      graphUrl: 'https://graph.microsoft.com',
    });
    expect(teamsSecrets(true, { ...ALL, MicrosoftAppType: 'SingleTenant' })).toEqual(teamsSecrets(false, ALL));
  });

  it('are of another cloud by its own addresses', () => {
    const graphUrl = 'https://graph.microsoft.us';
    expect(teamsSecrets(true, { ...ALL, MicrosoftGraphUrl: graphUrl })).toMatchObject({ graphUrl });
  });

  it.each([
    [true, {}, 'MicrosoftAppId, MicrosoftAppPassword, MicrosoftAppTenantId is missing'],
    [true, { ...ALL, MicrosoftAppId: '' }, 'MicrosoftAppId is missing'],
    [false, { ...ALL, MicrosoftAppId: ' ' }, 'MicrosoftAppId is missing'],
    [false, { ...ALL, MicrosoftAppTenantId: '' }, 'MicrosoftAppTenantId is missing'],
    [false, { ...ALL, MicrosoftAppType: 'MultiTenant' }, 'MicrosoftAppType is MultiTenant'],
  ])('configured %s with %o are refused, without the password', (configured, env, message) => {
    const reading = () => teamsSecrets(configured, env);
    expect(reading).toThrow(UsageError);
    expect(reading).toThrow(message);
    expect(reading).not.toThrow('secret');
  });
});
