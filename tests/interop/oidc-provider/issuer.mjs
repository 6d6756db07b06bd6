// An OpenID provider for the tests: on loopback, with keys and secrets made at the start and known to nobody else.
// It prints one line of JSON with where it is. An empty line that it reads makes it take new keys, and is answered
// "rotated"; a line of JSON says in which teams people are from now on, and is answered "noted".
// Arguments: the package; where the catalog lets people come back to; the name by which browsers find the provider.
import { generateKeyPairSync, randomBytes, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

console.info = console.error; // what the package has to say is not an answer

const [, , PACKAGE, BACK = "http://127.0.0.1/login/callback", HOST = "127.0.0.1"] = process.argv;
const { default: Provider } = await import(pathToFileURL(PACKAGE));

const AUDIENCE = "urn:mesh:catalog";
const SIGNED_WITH = { "sales-deploy": "RS256", "planning-deploy": "ES256", "sales.orders": "EdDSA" };
const CATALOGS = { none: "RS256", client_secret_basic: "ES256", client_secret_post: "EdDSA" };
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

function catalog([token_endpoint_auth_method, id_token_signed_response_alg]) {
  const client_id = `catalog-${token_endpoint_auth_method}`;
  const known = token_endpoint_auth_method === "none" ? {} : { client_secret: secret };
  const flow = { grant_types: ["authorization_code"], redirect_uris: [BACK] };
  return { client_id, token_endpoint_auth_method, id_token_signed_response_alg, ...known, ...flow };
}

function provider(issuer) {
  const portal = { client_id: "portal", client_secret: secret, grant_types: ["authorization_code"], redirect_uris: [`${issuer}/back`] };
  return new Provider(issuer, {
    jwks: jwks(),
    clients: [...Object.keys(SIGNED_WITH), "stranger", "ana"].map(service).concat(portal, Object.entries(CATALOGS).map(catalog)),
    cookies: { keys: [randomBytes(24).toString("hex")] },
    enabledJWA: { idTokenSigningAlgValues: ["RS256", "ES256", "EdDSA"] },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    extraTokenClaims: (_, token) => ({ teams: TEAMS[token.accountId] ?? [] }),
    pkce: { required: () => true },
    ttl: { IdToken: 60 }, // shorter than an access token, so that either can end alone
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
          jwt: { sign: { alg: SIGNED_WITH[client.clientId] ?? CATALOGS[client.tokenEndpointAuthMethod] ?? "RS256" } },
        }),
      },
    },
  });
}

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://${HOST}:${server.address().port}`;
  let answer = provider(issuer).callback();
  server.on("request", (request, response) => answer(request, response));
  createInterface({ input: process.stdin }).on("line", (line) => {
    if (line) {
      Object.assign(TEAMS, JSON.parse(line));
      return console.log("noted");
    }
    answer = provider(issuer).callback();
    console.log("rotated");
  }).on("close", () => process.exit(0));
  console.log(JSON.stringify({ issuer, audience: AUDIENCE, secret, node: process.version, execPath: process.execPath }));
});
