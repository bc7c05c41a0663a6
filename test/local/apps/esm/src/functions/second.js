import { app } from '@azure/functions';

app.http('second', { methods: ['GET'], handler: async () => ({ status: 200 }) });
