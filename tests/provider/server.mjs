// A strict OpenID provider of somebody else's making, for tests: who signs in is named by `login_hint`, everything
// else is as the standard says. `PUT /control` changes what the next answers say; `wrong` spoils the next ID token.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { SignJWT, decodeJwt, exportJWK, generateKeyPair } from 'jose'
import Provider from 'oidc-provider'

const settings = JSON.parse(process.argv[2])
const keys = await generateKeyPair('RS256', { extractable: true })
const strangers = await generateKeyPair('RS256', { extractable: true })
const jwk = { ...(await exportJWK(keys.privateKey)), kid: 'test-1', alg: 'RS256', use: 'sig' }
const state = { people: {}, wrong: '' }

const server = createServer()
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const issuer = `http://127.0.0.1:${server.address().port}`

const provider = new Provider(issuer, {
  clients: settings.clients,
  jwks: { keys: [jwk] },
  pkce: { required: () => true },
  acrValues: ['loa1', 'loa2'],
  scopes: ['openid', 'profile'],
  claims: { acr: null, auth_time: null, iss: null, openid: ['sub'], profile: settings.claims },
  features: {
    backchannelLogout: { enabled: true },
    devInteractions: { enabled: false },
    rpInitiatedLogout: { enabled: true, logoutSource: confirmed },
  },
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_ctx, id) => ({ accountId: id, claims: () => ({ sub: id, ...state.people[id] }) }),
  // Its own guard keeps it from loopback addresses, where the platform under test listens.
  fetch: (url, { dispatcher: _guard, ...options }) => fetch(url, options),
  cookies: { keys: ['only-for-tests'] },
  ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 3600 },
})

// Signing out at the provider asks no further question here.
function confirmed(ctx, form) {
  ctx.body = form.replace('</form>', '<input type="hidden" name="logout" value="yes"></form>')
}

provider.use(async (ctx, next) => {
  if (ctx.path === '/control') return control(ctx)
  if (ctx.path.startsWith('/interaction/')) return interact(ctx)
  await next()
  if (ctx.path === '/token' && ctx.body?.id_token && state.wrong) await spoil(ctx)
  if (ctx.path === '/me' && state.wrong === 'userinfo') ctx.body = { ...ctx.body, sub: 'somebody-else' }
})

async function control(ctx) {
  let body = ''
  for await (const part of ctx.req) body += part
  Object.assign(state, JSON.parse(body))
  ctx.body = { ok: true }
}

async function interact(ctx) {
  const { params, prompt, grantId } = await provider.interactionDetails(ctx.req, ctx.res)
  if (prompt.name === 'login') return finish(ctx, { login: login(params) })
  const session = (await provider.interactionDetails(ctx.req, ctx.res)).session
  const grant = grantId
    ? await provider.Grant.find(grantId)
    : new provider.Grant({ accountId: session.accountId, clientId: params.client_id })
  grant.addOIDCScope(params.scope)
  return finish(ctx, { consent: { grantId: await grant.save() } })
}

function login(params) {
  const id = params.login_hint ?? 'lan'
  const wanted = (params.acr_values ?? 'loa1').split(' ')[0]
  const has = state.people[id]?.level === 2 ? wanted : 'loa1'
  const ts = Math.floor(Date.now() / 1000) - (state.wrong === 'auth_time' ? 7200 : 0)
  return { accountId: id, acr: has, amr: ['pwd'], ts }
}

async function finish(ctx, result) {
  await provider.interactionFinished(ctx.req, ctx.res, result, { mergeWithLastSubmission: true })
  ctx.respond = false
}

async function spoil(ctx) {
  const claims = decodeJwt(ctx.body.id_token)
  const now = Math.floor(Date.now() / 1000)
  const wrongs = {
    nonce: { nonce: 'not-the-one-asked-with' },
    no_nonce: { nonce: undefined },
    audience: { aud: 'another-client' },
    audience_party: { aud: 'another-client', azp: claims.aud },
    expiry: { exp: now - 3600, iat: now - 7200 },
    issuer: { iss: 'https://elsewhere.invalid' },
  }
  if (state.wrong === 'missing') delete ctx.body.id_token
  else if (state.wrong === 'unsigned') ctx.body.id_token = `${part({ alg: 'none' })}.${part(claims)}.`
  else if (state.wrong === 'signature') ctx.body.id_token = await signed(claims, strangers.privateKey)
  else if (wrongs[state.wrong]) ctx.body.id_token = await signed({ ...claims, ...wrongs[state.wrong] }, keys.privateKey)
}

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')
const signed = (claims, key) => new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'test-1' }).sign(key)

server.on('request', provider.callback())
console.log(JSON.stringify({ issuer }))
process.stdin.resume().on('end', () => process.exit(0))
