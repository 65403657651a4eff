// An OpenID provider at http://localhost:<port> with one client, which gets access tokens for any audience that it names.
import Provider from 'oidc-provider';

const port = Number(process.argv[2]);

const provider = new Provider(`http://localhost:${port}`, {
  clients: [
    {
      client_id: 'robot',
      client_secret: process.argv[3],
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
    },
  ],
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: (context, resource) => ({
        scope: '',
        audience: resource,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'RS256' } },
      }),
    },
  },
});

provider.listen(port, '127.0.0.1', () => console.log('ready'));
