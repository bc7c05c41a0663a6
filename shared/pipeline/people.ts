import type { EmergencyCall, Routing } from '../emergency/emergencyCall.ts';
import { templatesFor } from '../oncall/alertTemplates.ts';
import type { ChannelName, Way } from '../oncall/delivery.ts';
import { missingChannels } from '../oncall/missingChannels.ts';
import {
  administratorsOf,
  lastResortRecipients,
  locate,
  NOT_LOCATED,
  type Person,
  planOf,
  type Roster,
  recipientsOf,
  recipientsOfStep,
  teamFor,
} from '../oncall/roster.ts';
import type { SettingFault } from '../settings.ts';
import type { PageNames } from './pageNames.ts';
import type { RosterSource } from './rosterSource.ts';
import type { RoutedBy, Services, TeamsCall } from './services.ts';

/** What the pipeline asks of the roster. */
type People = Pick<
  Services,
  | 'recipients'
  | 'administrators'
  | 'lastResort'
  | 'timeZone'
  | 'routing'
  | 'recipientsOfStep'
  | 'waysOf'
  | 'nameOf'
  | 'languageOf'
  | 'confidants'
  | 'templatesOf'
  | 'refreshRoster'
  | 'roster'
  | 'learnName'
  | 'rosterProblems'
  | 'people'
  | 'sites'
>;

interface Surroundings {
  lastResortNumbers: readonly string[];
  channels: Services['channels'];
  pageNames: PageNames;
  now: () => Date;
}

/** Answers from the roster as this process knows it; where there is none, the last-resort numbers stand for everybody. */
export function createPeople(
  source: RosterSource,
  { lastResortNumbers, channels, pageNames, now }: Surroundings,
): People {
  const roster = () => source.current()?.roster ?? null;
  const personOf = (id: string): Person | null => roster()?.people.find((person) => person.id === id) ?? null;
  const lastResort = () => lastResortRecipients([...new Set([...lastResortNumbers, ...source.lastResort()])]);
  const orLastResort = (found: EmergencyCall['recipients']) => (found.length > 0 ? found : lastResort());
  const recipients = () => orLastResort(fromRoster(roster(), recipientsOf));
  const administrators = () => {
    const found = fromRoster(roster(), administratorsOf);
    return found.length > 0 ? found : recipients();
  };
  return {
    recipients,
    administrators,
    lastResort,
    timeZone: () => teamOf(roster())?.timeZone ?? 'UTC',
    routing: (call) => routingOf(roster(), call, { recipients, administrators, orLastResort, now }),
    recipientsOfStep: (plan, step, at) =>
      orLastResort(fromRoster(roster(), (known) => recipientsOfStep(known, plan, step, at))),
    waysOf: ({ id, phone }, preferred = null) => waysOf(personOf(id), phone, preferred, channels),
    nameOf: (id) => personOf(id)?.name ?? pageNames.nameOf(id) ?? id,
    confidants: () =>
      (roster()?.people ?? []).flatMap(({ id, mayKnowHomeAddress }) => (mayKnowHomeAddress ? [id] : [])),
    refreshRoster: async () => {
      await Promise.all([source.refresh(), pageNames.refresh()]);
    },
    roster: () => source.current(),
    learnName: (id, name) => pageNames.learn(id, name),
    languageOf: (id, call) => personOf(id)?.language ?? teamOf(roster(), call)?.language ?? 'en',
    templatesOf: (call, language) => templatesFor(teamOf(roster(), call)?.templates ?? {}, language),
    rosterProblems: () => [...source.problems(), ...channelProblems(roster(), channels)],
    people: () => roster()?.people ?? [],
    sites: () => roster()?.sites ?? [],
  };
}

function channelProblems(roster: Roster | null, channels: Services['channels']): SettingFault[] {
  if (roster === null) return [];
  return missingChannels(roster, (channel) => channels[channel] !== undefined).map((problem) => ({
    name: 'Roster',
    problem,
    feature: 'a way to reach people',
  }));
}

function fromRoster<T>(roster: Roster | null, read: (roster: Roster) => T[]): T[] {
  return roster === null ? [] : read(roster);
}

/** The team whose call it is: as it was stamped on it, else as it is routed now. Without a call, that of calls that no route fits. */
function teamOf(roster: Roster | null, call?: TeamsCall) {
  if (roster === null) return null;
  const teamWith = (teamId: string | undefined) => roster.teams.find(({ id }) => id === teamId);
  const wanted = call?.escalation?.teamId ?? (call && routedTo(roster, call));
  return teamWith(wanted) ?? teamWith(roster.defaultTeam) ?? null;
}

function routedTo(roster: Roster, { event, facts: { location }, site, whereabouts }: TeamsCall): string {
  return teamFor(roster, { policyName: event?.policyName ?? null, location, site, whereabouts }).id;
}

function routingOf(
  roster: Roster | null,
  { policyName, location, isTest }: RoutedBy,
  people: Pick<People, 'recipients' | 'administrators'> &
    Pick<Surroundings, 'now'> & { orLastResort(found: EmergencyCall['recipients']): EmergencyCall['recipients'] },
): Routing {
  if (roster === null) return { recipients: people.recipients(), escalation: null, ...NOT_LOCATED };
  const located = locate(roster, location);
  const plan = planOf(teamFor(roster, { policyName, location, ...located }));
  const { tests } = roster;
  return {
    ...located,
    recipients:
      isTest && tests.tell === 'administrators'
        ? people.administrators()
        : people.orLastResort(recipientsOfStep(roster, plan, 0, people.now())),
    escalation: isTest && !tests.escalate ? null : plan,
  };
}

/**
 * A channel that is not set up is left out, and a way that needs what the person does not have; whoever could then not be
 * reached at all is texted.
 */
function waysOf(
  person: Person | null,
  phone: string,
  preferred: ChannelName | null,
  channels: Services['channels'],
): Way[] {
  const own: readonly ChannelName[] = person?.channels ?? ['sms'];
  const wanted = new Set<ChannelName>([...(preferred ? [preferred] : []), ...own]);
  const ways = [...wanted].flatMap((channel): Way[] => {
    const to = channel === 'email' ? (person?.email ?? null) : phone;
    const isPersonal = channel === 'sms' || channel === 'voice' || channel === 'email';
    return channels[channel] && isPersonal && to !== null ? [{ channel, to }] : [];
  });
  return ways.length > 0 || !channels.sms ? ways : [{ channel: 'sms', to: phone }];
}
