// Serves one request of its own and ends. The SDK is loaded by "node --require @opentelemetry/auto-instrumentations-node/register", so
// everything but the endpoint and the protocol is a default. The first argument is the text that the log record and the counter have.
const http = require('node:http');
const { metrics, trace } = require('@opentelemetry/api');
const { logs, SeverityNumber } = require('@opentelemetry/api-logs');

const run = process.argv[2];
const server = http.createServer((request, response) => {
  logs.getLogger('node-sdk').emit({ severityNumber: SeverityNumber.WARN, body: `served ${run}`, attributes: { run } });
  metrics.getMeter('node-sdk').createCounter('node.requests').add(1, { run });
  trace.getActiveSpan()?.setAttribute('run', run);
  response.statusCode = 503;
  response.end();
});
server.listen(0, '127.0.0.1', () => {
  http.get(`http://127.0.0.1:${server.address().port}/orders`, response => {
    response.resume();
    // SIGTERM lets the SDK send what it has.
    response.on('end', () => server.close(() => process.kill(process.pid, 'SIGTERM')));
  });
});
