/** An answer that refuses, with Twilio's own code and the HTTP status that goes with it. */
export interface ApiError {
  status: number;
  code: number;
  message: string;
}

/** HTTP status and words by Twilio's error code; `{}` stands for what the error is about. */
const ERRORS = {
  13224: [400, 'Dial: Twilio does not support calling this number or the number is invalid: {}'],
  13227: [400, 'Dial: No international authorization: {}'],
  20001: [400, 'Invalid parameter: {}'],
  20003: [401, 'Authenticate'],
  20004: [405, 'Method not allowed'],
  20404: [404, 'The requested resource {} was not found'],
  20429: [429, 'Too Many Requests'],
  20500: [500, 'An internal server error has occurred'],
  20503: [503, 'Service Unavailable'],
  21201: [400, "No 'To' number is specified"],
  21205: [400, 'Url parameter is required.'],
  21210: [400, 'The source phone number provided, {}, is not yet verified for your account.'],
  21211: [400, "Invalid 'To' Phone Number: {}"],
  21212: [400, "Invalid 'From' Phone Number: {}"],
  21213: [400, "A 'From' phone number is required."],
  21214: [400, "'To' phone number cannot be reached: {}"],
  21215: [400, 'Account not authorized to call {}. Perhaps you need to enable some international permissions.'],
  21216: [400, 'Account not allowed to call {}'],
  21217: [400, 'Phone number does not appear to be valid: {}'],
  21219: [400, 'The number {} is unverified. Trial accounts may only make calls to verified numbers.'],
  21266: [400, "'To' and 'From' number cannot be the same: {}"],
  21408: [400, "Permission to send an SMS has not been enabled for the region indicated by the 'To' number: {}"],
  21602: [400, 'Message body is required.'],
  21603: [400, "A 'From' phone number is required."],
  21604: [400, "A 'To' phone number is required."],
  21606: [
    400,
    'The From phone number {} is not a valid, SMS-capable inbound phone number or short code for your account.',
  ],
  21609: [400, "Invalid 'StatusCallback' URL: {}"],
  21610: [400, 'Attempt to send to unsubscribed recipient'],
  21614: [400, "'To' number is not a valid mobile number: {}"],
  21617: [400, 'The concatenated message body exceeds the 1600 character limit'],
  21624: [400, 'Invalid validity period value: {}'],
  21626: [400, 'Invalid status callback event'],
  21701: [400, 'The Messaging Service does not exist: {}'],
  21703: [400, 'The Messaging Service does not have a phone number available to send a message'],
  21705: [400, 'The Messaging Service is invalid: {}'],
} as const satisfies Record<number, readonly [number, string]>;

export type ErrorCode = keyof typeof ERRORS;

export function apiError(code: ErrorCode, about = ''): ApiError {
  const [status, message] = ERRORS[code];
  return { status, code, message: message.replace('{}', about) };
}

/** The answer for a status that a fault asks for. */
export function apiErrorOfStatus(status: number): ApiError {
  const [code] = Object.entries(ERRORS).find(([, [known]]) => known === status && status !== 400) ?? [20500];
  return { ...apiError(Number(code) as ErrorCode), status };
}

/** The body of the answer. */
export function toErrorResource({ status, code, message }: ApiError): Record<string, unknown> {
  return { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status };
}
