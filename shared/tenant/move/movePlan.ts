import type { MoveSource } from './moveFrom.ts';
import type { OperatorAddresses } from './operatorAddresses.ts';

/** Who has to do something, or knows. */
export type MoveParty = 'administrator' | 'administrator on premises' | 'operator' | 'present operator' | 'user';

export interface MoveCommand {
  shell: 'Teams PowerShell' | 'Skype for Business Server' | 'shell';
  line: string;
  /** What it prints when all is well; empty: nothing. */
  expected: string[];
}

/** Something that keeps the move from beginning. */
export interface MoveBlock {
  problem: string;
  remedy: string;
  commands: MoveCommand[];
}

/** Something that no export tells. */
export interface MoveQuestion {
  ask: MoveParty;
  question: string;
  /** What the export hints at; `null`: nothing. */
  hint: string | null;
  commands: MoveCommand[];
}

export interface MoveStep {
  title: string;
  who: MoveParty;
  text: string;
  /** When the step is for this case only; `null`: always. */
  condition: string | null;
  commands: MoveCommand[];
  /** Out of service, or an emergency call that goes wrong; `null`: none. */
  warning: string | null;
}

/** While nobody is called and nobody calls, emergency services included. */
export interface OutOfService {
  /** Numbers of the steps that begin and end it, from 1. */
  fromStep: number;
  untilStep: number;
  text: string;
}

export interface MovePlan {
  user: string;
  to: 'OperatorConnectMobile';
  from: MoveSource;
  number: string | null;
  /** `blocked`: the steps wait until nothing blocks. `alreadyThere`: the number needs no move, only the checks; what is wrong is among the blocks. */
  outcome: 'blocked' | 'ready' | 'alreadyThere';
  blocks: MoveBlock[];
  questions: MoveQuestion[];
  outOfService: OutOfService | null;
  steps: MoveStep[];
  /** Operators that have SIM-enabled numbers in the tenant, and how addresses of theirs look. */
  operators: OperatorAddresses[];
}
