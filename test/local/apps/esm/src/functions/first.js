import { app } from '@azure/functions';

app.http('first', { methods: ['GET'], handler: async () => ({ status: 200 }) });
