import type { ChatName } from './driver.ts';
import type { Stage, World } from './start-stage.ts';

/** One thing that people do, the same in every chat. */
export interface UseCase {
  /** What the table says. */
  readonly does: string;
  readonly world?: World;
  /** Where it cannot be done, and why. */
  readonly not?: Partial<Record<ChatName, string>>;
  /** Where it is done another way, and how. */
  readonly differs?: Partial<Record<ChatName, string>>;
  /** Where only a part of it holds, and which. */
  readonly partly?: Partial<Record<ChatName, string>>;
  run(stage: Stage): Promise<void>;
}

/** Why nothing that goes wrong with posting can go wrong on the page. */
export const ONE_PAGE = 'Nothing is posted: the page reads the run itself.';
