// What the Mini App asks of the platform and how it takes answers, without a network.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Platform } from "../tested/platform.js";

/** A platform that answers the same to everything, and what was asked of it. */
function answering(status, said) {
  const asked = [];
  const ask = async (address, options) => {
    asked.push([address, options]);
    return new Response(JSON.stringify(said), { status });
  };
  return { platform: new Platform("https://tinh.example", "zalo-tinh", ask), asked };
}

test("the operator's token is exchanged at one's own line", async () => {
  const entered = { token: "t", name: "Lan", is_linked: true, link: "" };
  const { platform, asked } = answering(200, entered);
  assert.deepEqual(await platform.enter("zalo-token"), entered);
  const [address, options] = asked[0];
  assert.equal(address, "https://tinh.example/kenh/mini/zalo-tinh/vao/");
  assert.equal(options.method, "POST");
  assert.deepEqual(JSON.parse(options.body), { access_token: "zalo-token" });
});

test("cases are asked for with the platform's token only", async () => {
  const one = { number: "PA-1", title: "Ổ gà", state: "Đã tiếp nhận", unit: "Phường Tân Ninh", url: "/x/" };
  const { platform, asked } = answering(200, { cases: [one] });
  assert.deepEqual(await platform.cases("ours"), [one]);
  assert.deepEqual(asked, [["https://tinh.example/kenh/mini/viec/", { headers: { Authorization: "Bearer ours" } }]]);
});

test("warnings that were withdrawn or are over are not shown, and the most serious comes first", async () => {
  const holding = { state: "published", expires_at: "2026-11-24T08:00:00+07:00" };
  const said = {
    warnings: [
      { code: "calm", level: 1, ...holding },
      { code: "withdrawn", level: 4, ...holding, state: "withdrawn" },
      { code: "over", level: 4, ...holding, expires_at: "2026-11-23T07:59:00+07:00" },
      { code: "grave", level: 3, ...holding },
    ],
  };
  const found = await answering(200, said).platform.warnings(new Date("2026-11-23T08:00:00+07:00"));
  assert.deepEqual(found.map((one) => one.code), ["grave", "calm"]);
});

test("a refusal is an error that names the address and the status", async () => {
  const { platform } = answering(429, { message: "Chờ một phút." });
  await assert.rejects(platform.cases("ours"), /\/kenh\/mini\/viec\/: 429/);
});

test("pages open at the platform's own address", () => {
  assert.equal(answering(200, {}).platform.page("/hoi-dap/"), "https://tinh.example/hoi-dap/");
});
