// An OpenID provider for the tests: on loopback, with keys and secrets made at the start and known to nobody else.
// It prints one line of JSON with where it is; each line it reads makes it take new keys, and is answered "rotated".
import { generateKeyPairSync, randomBytes, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

console.info = console.error; // what the package has to say is not an answer

const { default: Provider } = await import(pathToFileURL(process.argv[2]));

const AUDIENCE = "urn:mesh:catalog";
const SIGNED_WITH = { "sales-deploy": "RS256", "planning-deploy": "ES256", "sales.orders": "EdDSA" };
const TEAMS = { ana: ["order-desk"], ben: ["planning", "no-such-team"] };
const secret = randomBytes(24).toString("hex");

function jwks() {
  const made = [
    ["RS256", generateKeyPairSync("rsa", { modulusLength: 2048 })],
    ["ES256", generateKeyPairSync("ec", { namedCurve: "P-256" })],
    ["EdDSA", generateKeyPairSync("ed25519")],
  ];
  return { keys: made.map(([alg, pair]) => ({ ...pair.privateKey.export({ format: "jwk" }), alg, use: "sig", kid: randomUUID() })) };
}

function service(client_id) {
  return { client_id, client_secret: secret, grant_types: ["client_credentials"], redirect_uris: [], response_types: [] };
}

function provider(issuer) {
  const portal = { client_id: "portal", client_secret: secret, grant_types: ["authorization_code"], redirect_uris: [`${issuer}/back`] };
  return new Provider(issuer, {
    jwks: jwks(),
    clients: [...Object.keys(SIGNED_WITH), "stranger", "ana"].map(service).concat(portal),
    cookies: { keys: [randomBytes(24).toString("hex")] },
    enabledJWA: { idTokenSigningAlgValues: ["RS256", "ES256", "EdDSA"] },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    extraTokenClaims: (_, token) => ({ teams: TEAMS[token.accountId] ?? [] }),
    pkce: { required: () => true },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: true },
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: (_, audience, client) => ({
          scope: "catalog",
          audience,
          accessTokenFormat: "jwt",
          accessTokenTTL: 300,
          jwt: { sign: { alg: SIGNED_WITH[client.clientId] ?? "RS256" } },
        }),
      },
    },
  });
}

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  let answer = provider(issuer).callback();
  server.on("request", (request, response) => answer(request, response));
  createInterface({ input: process.stdin }).on("line", () => {
    answer = provider(issuer).callback();
    console.log("rotated");
  }).on("close", () => process.exit(0));
  console.log(JSON.stringify({ issuer, audience: AUDIENCE, secret, node: process.version, execPath: process.execPath }));
});
