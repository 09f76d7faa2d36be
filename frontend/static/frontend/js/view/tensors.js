// @ts-check
/** The bare numbers of a model whose output is not interpreted. */

import { h } from "./dom.js";

const SHOWN = 24;

/** @param {Record<string, {datatype: string, shape: number[], data: any[]}>} tensors by name */
export const tensorList = (tensors) =>
  h(
    "dl",
    { class: "tensors", "data-testid": "tensors" },
    ...Object.entries(tensors).flatMap(([name, { datatype, shape, data }]) => {
      const values = data.flat(Infinity);
      const more = values.length > SHOWN ? ", …" : "";
      return [
        h("dt", {}, `${name}: ${datatype} ${shape.join(" × ")}`),
        h("dd", {}, values.slice(0, SHOWN).map(short).join(", ") + more),
      ];
    }),
  );

/** @param {unknown} value */
const short = (value) => (typeof value === "number" ? String(+value.toPrecision(5)) : String(value));
