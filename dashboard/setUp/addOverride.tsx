import { useState } from 'preact/hooks';
import type { OverrideRequest, RosterOfPage } from '../../shared/dashboard/contract.ts';
import { Button } from '../parts/button.tsx';
import { Field, Select } from '../parts/fields.tsx';
import { texts } from '../texts.ts';

/** An override as it is asked for; times by the clock of the rotation's zone. */
export type OverrideDraft = Omit<OverrideRequest, 'after'>;

interface AddOverrideProps {
  roster: RosterOfPage;
  isBusy: boolean;
  onAdd: (draft: OverrideDraft) => void;
}

export function AddOverride({ roster: { rotations, people }, isBusy, onAdd }: AddOverrideProps) {
  const [draft, setDraft] = useState<OverrideDraft>({
    rotation: rotations[0]?.id ?? '',
    person: people[0]?.id ?? '',
    from: '',
    until: '',
  });
  const set = (name: keyof OverrideDraft) => (value: string) => setDraft({ ...draft, [name]: value });
  const zone = rotations.find(({ id }) => id === draft.rotation)?.timeZone ?? '';
  return (
    <form
      class="filters"
      onSubmit={(event) => {
        event.preventDefault();
        onAdd(draft);
      }}
    >
      <Select
        label={texts.roster.rotation}
        value={draft.rotation}
        onValue={set('rotation')}
        options={namesOf(rotations.map(({ id }) => ({ id, name: id })))}
      />
      <Select label={texts.roster.standsIn} value={draft.person} onValue={set('person')} options={namesOf(people)} />
      <Field label={`${texts.calls.from} (${zone})`}>
        {(id) => (
          <input
            id={id}
            type="datetime-local"
            required
            value={draft.from}
            onInput={(event) => set('from')(event.currentTarget.value)}
          />
        )}
      </Field>
      <Field label={`${texts.roster.until} (${zone})`}>
        {(id) => (
          <input
            id={id}
            type="datetime-local"
            required
            min={draft.from}
            value={draft.until}
            onInput={(event) => set('until')(event.currentTarget.value)}
          />
        )}
      </Field>
      <Button type="submit" look="main" isBusy={isBusy}>
        {texts.roster.add}
      </Button>
    </form>
  );
}

function namesOf(all: readonly { id: string; name: string }[]): Record<string, string> {
  return Object.fromEntries(all.map(({ id, name }) => [id, name]));
}
