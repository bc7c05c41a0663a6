import rhea, { type EventContext, type Message, type Sender } from 'rhea';
import type { AmqpError } from './amqp.ts';

/** What a node that answers requests ($cbs, $management) says to one. */
export type Answer =
  | { status: 200 | 202; description: string; body?: unknown }
  | { status: 400 | 401 | 404 | 501; error: AmqpError };

/**
 * Takes a request and sends its answer: to the link whose name or target is the request's `reply_to`, with the
 * request's `message_id` as `correlation_id`. Rejects a request that cannot be answered.
 */
export function answerRequest(context: EventContext, answer: (request: Message) => Answer): void {
  const { message, connection, delivery } = context;
  const replyTo = message?.reply_to;
  const replyLink = connection.find_sender(
    (link: Sender) => link.is_open() && (link.name === replyTo || link.target?.address === replyTo),
  );
  if (message === undefined || message.message_id === undefined || replyLink === undefined) {
    delivery?.reject({
      condition: 'amqp:invalid-field',
      description: 'A request needs a message-id, and a reply-to that names an open link of its connection.',
    });
    return;
  }
  delivery?.accept();
  replyLink.send(toMessage(answer(message), message.message_id));
}

function toMessage(answer: Answer, correlationId: string | number | Buffer): Message {
  const { types } = rhea;
  const isGood = 'description' in answer;
  const description = isGood ? answer.description : answer.error.description;
  return {
    correlation_id: correlationId,
    application_properties: {
      'status-code': types.wrap_int(answer.status),
      'status-description': description,
      ...(isGood ? {} : { 'error-condition': types.wrap_symbol(answer.error.condition) }),
    },
    body: isGood ? answer.body : undefined,
  };
}
