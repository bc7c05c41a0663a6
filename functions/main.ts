import { app } from '@azure/functions';
import './ingestNotifications.ts';
import './lifecycleNotifications.ts';
import './notifyOnCall.ts';
import './receiveNotifications.ts';
import './reconcileChats.ts';
import './renewSubscriptions.ts';
import './sweep.ts';

// Without it the host leaves out empty events, and what it says of the others no longer lines up with them.
app.setup({ capabilities: { IncludeEmptyEntriesInMessagePayload: true } });
