// Reads Kubernetes objects as YAML from standard input and holds each against the models of kubernetes-models, which
// are made from Kubernetes' own schema. They refuse wrong types and missing fields, and let unknown fields pass: but
// they look at every field that they know, so a field at which they never looked is one that Kubernetes does not have.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { parseAllDocuments } from "yaml";

const require = createRequire(import.meta.url);

/** The object, which notes in `seen` the path of each field that anyone reads. */
function watched(value, path, seen) {
  if (value === null || typeof value !== "object") return value;
  return new Proxy(value, {
    get(target, key) {
      if (typeof key === "symbol" || Object.getPrototypeOf(target)[key] !== undefined) return target[key];
      seen.add(`${path}/${key}`);
      return watched(target[key], `${path}/${key}`, seen);
    },
  });
}

/** The fields that nobody has read; what lies within such a one is not told too. */
function unread(value, path, seen) {
  if (value === null || typeof value !== "object") return [];
  return Object.keys(value).flatMap((key) =>
    seen.has(`${path}/${key}`) ? unread(value[key], `${path}/${key}`, seen) : [`${path}/${key}`]);
}

function problems({ apiVersion, kind }, object) {
  let model;
  try {
    model = require(`kubernetes-models/${apiVersion}/${kind}`)[kind];
  } catch {
    return [`Kubernetes has no ${kind} in ${apiVersion}.`];
  }
  const seen = new Set();
  const instance = Object.assign(new model(), object);
  try {
    model.prototype.validate.call(watched(instance, "", seen));
  } catch (e) {
    return e.message.split("\n");
  }
  return unread(object, "", seen).map((path) => `${path} is no field of ${kind}.`);
}

let count = 0;
let failed = false;
for (const document of parseAllDocuments(readFileSync(0, "utf8"))) {
  const object = document.toJS();
  if (document.errors.length === 0 && object === null) continue;
  count++;
  const found = document.errors.length > 0 ? document.errors.map((e) => e.message) : problems(object, object);
  for (const problem of found) {
    failed = true;
    console.error(`${object?.kind} ${object?.metadata?.name}: ${problem}`);
  }
}

console.log(`${count} objects`);
process.exitCode = failed || count === 0 ? 1 : 0;
