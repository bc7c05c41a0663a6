import type { AnswerRequest, AnswerResult } from '../../shared/dashboard/contract.ts';
import { texts } from '../texts.ts';
import { useChange } from './useChange.ts';

type Answer = AnswerRequest extends infer A ? (A extends AnswerRequest ? Omit<A, 'key'> : never) : never;

/** Answers a call; what it came to is said once the API has recorded it. `onAnswered` asks for the call anew. */
export function useAnswer(callId: string, onAnswered: () => void) {
  const { state, change, isBusy } = useChange();
  async function answer(meant: Answer): Promise<void> {
    const path = `calls/${encodeURIComponent(callId)}/answers`;
    const toSaid = ({ verdict, call }: AnswerResult) => texts.verdict(verdict, meant.action, call.holder?.name ?? null);
    await change<AnswerResult>(path, (key) => ({ ...meant, key }), toSaid);
    onAnswered();
  }
  return { state, isBusy, answer };
}
