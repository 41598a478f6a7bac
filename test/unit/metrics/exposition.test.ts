import { describe, expect, it } from "vitest";
import { exposition, type Format, labelText, type MetricFamily } from "../../../src/metrics/exposition.js";

const families: MetricFamily[] = [
  { name: "ipvs", type: "info", help: "Version", samples: [[labelText({ version: "1.2.1" }), 1]] },
  { name: "ipvs_in_bytes", type: "counter", unit: "bytes", help: "Bytes", samples: [["", 2n ** 64n - 1n]] },
  {
    name: "ipvs_weight",
    type: "gauge",
    help: "Weight",
    samples: [
      ['{a="1"}', 5],
      ['{a="2"}', 0],
    ],
  },
  { name: "ipvs_nothing", type: "gauge", help: "Nothing", samples: [] },
];
const lines = (format: Format) => [...exposition(families, format)].join("").split("\n");

describe("exposition", () => {
  it("writes OpenMetrics", () => {
    expect(lines("openmetrics")).toEqual([
      "# TYPE ipvs info",
      "# HELP ipvs Version",
      'ipvs_info{version="1.2.1"} 1',
      "# TYPE ipvs_in_bytes counter",
      "# UNIT ipvs_in_bytes bytes",
      "# HELP ipvs_in_bytes Bytes",
      "ipvs_in_bytes_total 18446744073709551615",
      "# TYPE ipvs_weight gauge",
      "# HELP ipvs_weight Weight",
      'ipvs_weight{a="1"} 5',
      'ipvs_weight{a="2"} 0',
      "# EOF",
      "",
    ]);
  });

  it("writes the older format, which names families as their samples", () => {
    expect(lines("text")).toEqual([
      "# TYPE ipvs_info gauge",
      "# HELP ipvs_info Version",
      'ipvs_info{version="1.2.1"} 1',
      "# TYPE ipvs_in_bytes_total counter",
      "# HELP ipvs_in_bytes_total Bytes",
      "ipvs_in_bytes_total 18446744073709551615",
      "# TYPE ipvs_weight gauge",
      "# HELP ipvs_weight Weight",
      'ipvs_weight{a="1"} 5',
      'ipvs_weight{a="2"} 0',
      "",
    ]);
  });

  it("ends OpenMetrics even when there is nothing", () => {
    expect([...exposition([], "openmetrics")]).toEqual(["# EOF\n"]);
  });
});

describe("labelText", () => {
  it("escapes what would end a label", () => {
    expect(labelText({ a: 'x"y\\z\n', port: 80 })).toBe('{a="x\\"y\\\\z\\n",port="80"}');
  });
  it("is empty without labels", () => expect(labelText({})).toBe(""));
});
