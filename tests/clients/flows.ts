// Uses the generated types of all APIs, with openapi-fetch, against a running service:
// `node flows.ts ADDRESS` prints a line for each API. It is type-checked before it runs.
import createClient from "openapi-fetch";
import type { paths as ChatCaptain } from "./chatcaptain.js";
import type { paths as Klen } from "./klen.js";
import type { paths as Native } from "./native.js";
import type { paths as Setter } from "./setter.js";
import type { paths as Vambe } from "./vambe.js";

declare const process: { argv: string[]; exitCode: number };

function check(holds: boolean, answer: unknown): asserts holds {
  if (!holds) throw new Error(JSON.stringify(answer));
}

async function klen(baseUrl: string): Promise<void> {
  const headers = { Authorization: "Bearer klen_abcdef123456789" };
  const client = createClient<Klen>({ baseUrl, headers });
  const definition = await client.POST("/api/v1/context-variables/create", {
    body: {
      name: "script_tier",
      display_name: "Script tier",
      variable_type: "select",
      context_type: "contact",
      select_options: ["Bronze", "Gold"],
    },
  });
  check(definition.data !== undefined, definition.error);
  const contact = await client.POST("/api/v1/contacts/create", { body: { first_name: "Ada" } });
  check(contact.data !== undefined, contact.error);
  const params = { path: { contact_id: contact.data.id } };
  const changed = await client.POST("/api/v1/contacts/{contact_id}/context", {
    params,
    body: { variables: { script_tier: "Gold" }, auto_create_variables: false },
  });
  check(changed.data !== undefined, changed.error);
  const found = await client.GET("/api/v1/contacts/{contact_id}", { params });
  check(found.data?.custom_context["script_tier"] === "Gold", found);
}

async function setter(baseUrl: string): Promise<void> {
  const headers = { Authorization: "Bearer setter_0123456789" };
  const client = createClient<Setter>({ baseUrl, headers });
  const updated = await client.PUT("/api/v1/contacts", {
    body: {
      id: 123,
      firstName: "Ada",
      email: "ada@example.com",
      defaultTimeZone: "Europe/London",
      metadata: { source: "script" },
    },
  });
  check(updated.data?.data.email === "ada@example.com", updated);
  check(updated.data.data.metadata["source"] === "script", updated);
}

async function vambe(baseUrl: string): Promise<void> {
  const client = createClient<Vambe>({ baseUrl, headers: { "x-api-key": "vambe_0123456789" } });
  const contact = await client.POST("/api/public/customer/upsert/info", {
    body: {
      channel: "whatsapp",
      channel_phone_number: "+15550199",
      contact_phone_number: "+15550125",
      contact_name: "Ada Lovelace",
      custom_field_values: [{ key: "plan", value: "pro" }],
      agentId: "123e4567-e89b-12d3-a456-426614174000",
    },
  });
  check(contact.data !== undefined, contact.error);
  const info = await client.GET("/api/public/contact/{aiContactId}/info", {
    params: { path: { aiContactId: contact.data.id } },
  });
  check(info.data?.metadata["plan"] === "pro", info);
  const noTicket = await client.POST("/api/public/ticket/metadata", {
    body: { contact_number: "+15550125", metadata: { order: "1" } },
  });
  check(noTicket.error?.statusCode === 404, noTicket);
}

async function native(baseUrl: string): Promise<void> {
  const headers = { Authorization: "Bearer native_0123456789" };
  const client = createClient<Native>({ baseUrl, headers });
  const webhook = await client.POST("/v1/webhooks", {
    body: { url: "https://example.com/hooks", topics: ["contact.created"], description: "" },
  });
  check(webhook.data !== undefined, webhook.error);
  const list = await client.GET("/v1/webhooks");
  check(list.data?.data.some((each) => each.id === webhook.data.id) === true, list);
  const params = { path: { webhook_id: webhook.data.id } };
  await client.DELETE("/v1/webhooks/{webhook_id}", { params });
  const gone = await client.DELETE("/v1/webhooks/{webhook_id}", { params });
  check(gone.error?.type === "/docs/errors#not_found", gone);
  await values(baseUrl);
}

/** A person sets a value, an agent suggests another, and the person accepts it. */
async function values(baseUrl: string): Promise<void> {
  const [person, agent] = ["native_human_0123456789", "native_agent_0123456789"].map((key) =>
    createClient<Native>({ baseUrl, headers: { Authorization: `Bearer ${key}` } }),
  );
  check(person !== undefined && agent !== undefined, "there are two clients");
  const contact = { contact_id: "contact_123" };
  const changes = await person.PATCH("/v1/contacts/{contact_id}/variables", {
    params: { path: contact, query: { mode: "auto_create" } },
    body: { script_plan: "Gold" },
  });
  check(changes.data?.results["script_plan"]?.outcome === "set", changes);
  const params = { path: { ...contact, name: "script_plan" } };
  const path = "/v1/contacts/{contact_id}/variables/{name}" as const;
  const written = await agent.PUT(path, { params, body: { value: "Silver", confidence: 0.9 } });
  check(written.data !== undefined && "suggestion" in written.data, written);
  const accepted = await person.POST("/v1/suggestions/{suggestion_id}/accept", {
    params: { path: { suggestion_id: written.data.suggestion.id } },
  });
  check(accepted.data?.state === "accepted", accepted);
  const variable = await agent.GET(path, { params });
  check(variable.data?.value === "Silver" && variable.data.source === "human", variable);
  check(variable.data.set_by === accepted.data.decided_by, variable);
}

async function chatcaptain(baseUrl: string): Promise<void> {
  const headers = { "x-chatcaptain-key": "CCSB-a1b2c3d4-e5f6g7h8i9j0" };
  const client = createClient<ChatCaptain>({ baseUrl, headers });
  const path = { chatbotId: "bot_1" };
  const variable = await client.POST("/v1/chatbots/{chatbotId}/variables", {
    params: { path },
    body: {
      category: "custom",
      label: "Script level",
      name: "script_level",
      type: "string",
      subCategory: 1,
    },
  });
  check(variable.data !== undefined, variable.error);
  const created = await client.POST("/v1/chatbots/{chatbotId}/contacts", {
    params: { path },
    body: { language: "EN", name: "Ada", phoneNumber: "+15550126" },
  });
  check(created.data !== undefined, created.error);
  const changed = await client.PATCH("/v1/chatbots/{chatbotId}/contacts/{contactId}", {
    params: { path: { ...path, contactId: created.data.contact.id } },
    body: { contact: { variables: { script_level: "1" } } },
  });
  check(changed.data?.contact.variables["script_level"] === "1", changed);
}

const address = process.argv[2];
check(address !== undefined, "the address of the service is missing");
const flows = { chatcaptain, klen, native, setter, vambe };
for (const [name, flow] of Object.entries(flows)) {
  await flow(address);
  console.log(name);
}
