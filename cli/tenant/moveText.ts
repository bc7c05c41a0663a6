import type { MoveSource } from '../../shared/tenant/move/moveFrom.ts';
import type { MoveBlock, MoveCommand, MovePlan, MoveQuestion, MoveStep } from '../../shared/tenant/move/movePlan.ts';
import type { ReleaseCheck } from '../../shared/tenant/move/releaseCheck.ts';

const SOURCES: Record<MoveSource, string> = {
  callingPlan: 'Calling Plan',
  operatorConnect: 'Operator Connect',
  directRoutingOnline: 'Direct Routing, assigned online',
  directRoutingOnPremises: 'Direct Routing, assigned on premises',
  operatorConnectMobile: 'Operator Connect Mobile',
  sharedCalling: 'Shared Calling, no number of their own',
  none: 'no number',
  unknown: 'a number of a kind that cannot be told',
};

/** The plan as a checklist: what blocks first, then what has to be asked, then the steps. */
export function planLines(plan: MovePlan): string[] {
  return [
    `Move of ${plan.user} to Operator Connect Mobile (Teams Phone Mobile)`,
    `Now: ${SOURCES[plan.from]}${plan.number === null ? '' : `, ${plan.number}`}`,
    ...outcomeLines(plan),
    ...section('Before anything else', plan.blocks.flatMap(blockLines)),
    ...section('To be asked: no export tells', plan.questions.flatMap(questionLines)),
    ...section('OUT OF SERVICE', serviceLines(plan)),
    ...section(plan.outcome === 'alreadyThere' ? 'Checks' : 'Steps', plan.steps.flatMap(stepLines)),
  ];
}

function outcomeLines({ outcome, blocks, from, steps }: MovePlan): string[] {
  switch (outcome) {
    case 'blocked': {
      const next = steps.length === 0 ? 'there is no plan until then' : 'do not begin until nothing does';
      return [`BLOCKED by ${blocks.length} ${blocks.length === 1 ? 'thing' : 'things'}: ${next}.`];
    }
    case 'alreadyThere':
      return [
        `The number is there already: nothing is to be moved. ${blocks.length === 0 ? 'What follows checks it.' : 'But something is wrong with it.'}`,
      ];
    case 'ready':
      return [from === 'none' ? 'Nothing blocks.' : 'Nothing in the export blocks the move.'];
  }
}

/** Whether an operator can be suspended or removed, or a number released, as a checklist. */
export function releaseLines({ what, country, blocks, free, steps }: ReleaseCheck): string[] {
  const where = country === null ? '' : ` in ${country}`;
  return [
    `Release of ${what}${where}: ${blocks.length} in use, ${free.length} free`,
    ...section('Before anything else', blocks.flatMap(blockLines)),
    ...section('Free', free),
    ...section(
      'In this order',
      steps.map((step, n) => `${n + 1}. ${step}`),
    ),
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`.trimEnd())];
}

function blockLines({ problem, remedy, commands }: MoveBlock): string[] {
  return [`[ ] BLOCKS  ${problem}`, `    ${remedy}`, ...commands.flatMap(commandLines)];
}

function questionLines({ ask, question, hint, commands }: MoveQuestion): string[] {
  const hinted = hint === null ? [] : [`    The export: ${hint}`];
  return [`[ ] ${ask}: ${question}`, ...hinted, ...commands.flatMap(commandLines)];
}

function serviceLines({ outOfService }: MovePlan): string[] {
  if (outOfService === null) return [];
  const { fromStep, untilStep, text } = outOfService;
  return [`From step ${fromStep} to step ${untilStep}. ${text}`];
}

function stepLines({ title, who, text, condition, commands, warning }: MoveStep, index: number): string[] {
  return [
    `[ ] ${index + 1}. ${title} (${who})${condition === null ? '' : `, if ${condition}`}`,
    `    ${text}`,
    ...(warning === null ? [] : [`    WARNING: ${warning}`]),
    ...commands.flatMap(commandLines),
  ];
}

const PROMPTS: Record<MoveCommand['shell'], string> = {
  'Teams PowerShell': 'Teams>',
  'Skype for Business Server': 'Skype>',
  shell: '$',
};

function commandLines({ shell, line, expected }: MoveCommand): string[] {
  return [`    ${PROMPTS[shell]} ${line}`, ...expected.map((each) => `      = ${each}`)];
}
