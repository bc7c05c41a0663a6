import type { Problem } from './contract.ts';

type Code = Problem['code'];

/** Each problem with its status, its title and the sentence that says what to do. */
const PROBLEMS: Readonly<Record<Code, readonly [status: number, title: string, detail: string]>> = {
  authenticationOff: [
    403,
    'The page is shut',
    'App Service authentication is not on, so nobody can tell who you are. Run azd provision, or in the Azure portal open the function app, Authentication, and switch it on.',
  ],
  notSignedIn: [401, 'Not signed in', 'You are not signed in, or your session has ended: load the page anew.'],
  noRole: [
    403,
    'No role',
    'You have no role here. An administrator assigns one under Enterprise applications, Users and groups: Responder, Administrator or Auditor.',
  ],
  roleMissing: [403, 'Not for your role', 'Your role does not include this. Ask an administrator.'],
  siteMissing: [403, 'Not one of your sites', 'This call is of a site that you do not look after.'],
  crossSite: [403, 'Not from the page', 'This request does not come from the page itself, so nothing was done.'],
  notFound: [404, 'Not found', 'There is no such thing, or it is no longer on record.'],
  methodNotAllowed: [405, 'Method not allowed', 'This address is not used in that way.'],
  badRequest: [400, 'Not understood', 'The request is not what this address takes. Nothing was done.'],
  tooLarge: [413, 'Too large', 'The request is larger than anything that is taken here. Nothing was done.'],
  changedMeanwhile: [
    409,
    'Changed meanwhile',
    'Somebody else has changed this meanwhile: load it anew, then change it again.',
  ],
  notSetUp: [409, 'Not set up', 'What this needs is not set up.'],
  failed: [503, 'Not done', 'Something does not answer, so this could not be done or not be recorded. Try again.'],
  tooMany: [429, 'Too many', 'This was asked for too often. Wait a minute.'],
};

/** Why a request is not answered; `detail` is a sentence for whoever asked, and holds nothing personal but their own. */
export class PageProblem extends Error {
  readonly problem: Problem;

  constructor(code: Code, detail?: string) {
    const [status, title, standard] = PROBLEMS[code];
    super(code);
    this.name = 'PageProblem';
    this.problem = { type: 'about:blank', title, status, detail: detail ?? standard, code };
  }
}
