import type { ChannelName } from './delivery.ts';

/** One step of telling people: whom, how, and how long until the next one. */
export interface EscalationStep {
  /** Ids of people, and `rotation:<id>` for whoever is on call in a rotation when the step begins; in order of duty. */
  tell: string[];
  /** `null`: each by the first of their own channels. */
  channel: ChannelName | null;
  /** From the beginning of this step to that of the next, while nobody has acknowledged. */
  escalateAfterSeconds: number;
}

/** How a call is told until somebody has it, as the roster said when it was recorded. */
export interface EscalationPlan {
  teamId: string;
  steps: EscalationStep[];
  /** How often the steps are gone through: 1 is once. */
  rounds: number;
  /** After an acknowledgement, how long until people are told again that nobody is on scene; `null` for never. */
  onSceneWithinSeconds: number | null;
}

/** A step of a round; both count from 0. */
export interface EscalationPosition {
  round: number;
  step: number;
}

/** What comes after a step, and how long after its beginning; `null` when the last step of the last round has begun. */
export function nextStep(
  plan: EscalationPlan,
  { round, step }: EscalationPosition,
): { position: EscalationPosition; afterSeconds: number } | null {
  const afterSeconds = plan.steps[step]?.escalateAfterSeconds;
  if (afterSeconds === undefined) return null;
  if (step + 1 < plan.steps.length) return { position: { round, step: step + 1 }, afterSeconds };
  return round + 1 < plan.rounds ? { position: { round: round + 1, step: 0 }, afterSeconds } : null;
}

/** Names the alert of a step: `first` for the one that every call begins with. `run` is that of the call's response. */
export function alertKeyOfStep(run: number, { round, step }: EscalationPosition): string {
  return run === 0 && round === 0 && step === 0 ? 'first' : `step-${run}.${round}.${step}`;
}
