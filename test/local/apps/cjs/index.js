const { app } = require('@azure/functions');

app.http('hello', {
  methods: ['GET'],
  handler: async () => ({ body: `from ${module.filename.endsWith('index.js')}` }),
});
