import { type Target, TargetError } from '../../engine/target.ts';
import { type EmulatorChoice, opens, type Profile } from './emulator.ts';

/** An emulator that this suite does not install: its user starts it, and says where it is with `--endpoint`. */
export interface UserStartedProfile extends Profile {
  /** How it is started, in a few words or as a command: told where the endpoint is missing. */
  readonly howToStart: string;
}

/** Opens an emulator of a profile where its user has it running. */
export const startedByUser = (profile: UserStartedProfile): ((choice?: EmulatorChoice) => Promise<Target>) =>
  opens(profile, () => {
    const { name, howToStart } = profile;
    return Promise.reject(
      new TargetError(
        `${name} is started by you: ${howToStart}. Then say where it is, e.g. --target ${name} --endpoint http://127.0.0.1:4566.`,
      ),
    );
  });
