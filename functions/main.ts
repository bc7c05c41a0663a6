import { app } from '@azure/functions';
import './answerLink.ts';
import './dashboard.ts';
import './heartbeat.ts';
import './ingestNotifications.ts';
import './lifecycleNotifications.ts';
import './notifyOnCall.ts';
import './page.ts';
import './purge.ts';
import './receiveNotifications.ts';
import './reconcileChats.ts';
import './renewSubscriptions.ts';
import './sweep.ts';
import './twilioMessages.ts';
import './twilioStatus.ts';
import './twilioVoice.ts';
import './watch.ts';
import { loadInBackground } from '../shared/pipeline/loadInBackground.ts';

// Without it the host leaves out empty events, and what it says of the others no longer lines up with them.
app.setup({ capabilities: { IncludeEmptyEntriesInMessagePayload: true } });

app.hook.appStart(loadInBackground);
