import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { npm } from "./npm.js";

interface Packed {
  readonly name: string;
  readonly version: string;
  readonly filename: string;
  readonly integrity: string;
}

/** A registry that knows the dependencies of this project as they are installed, and nothing else. */
export class Registry {
  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  /**
   * Packs everything that the package needs to run, and serves it on loopback.
   *
   * @param root folder of the project
   * @param folder an empty one for the tarballs
   */
  static async start(root: string, folder: string): Promise<Registry> {
    const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
    const paths = Object.entries<{ dev?: true }>(lock.packages).filter(([path, { dev }]) => path !== "" && !dev);
    const folders = paths.map(([path]) => join(root, path));
    const env = { HOME: folder, PATH: process.env.PATH! };
    const packed: Packed[] = JSON.parse(await npm(folder, env, "pack", "--json", "--ignore-scripts", ...folders));
    const server = createServer((request, response) => {
      const path = decodeURIComponent(request.url!).slice(1);
      const tarball = packed.find(({ filename }) => path === filename);
      const found = packed.findIndex(({ name }) => path === name);
      if (tarball !== undefined) response.end(readFileSync(join(folder, tarball.filename)));
      else if (found >= 0)
        response.end(JSON.stringify(packument(packed[found]!, folders, `http://${request.headers.host}`)));
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new Registry(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

/** What a registry says of a package that it has one version of. */
function packument({ name, version, filename, integrity }: Packed, folders: readonly string[], url: string): object {
  const folder = folders.find((path) => path.endsWith(`node_modules/${name}`))!;
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const dist = { tarball: `${url}/${filename}`, integrity };
  return { name, "dist-tags": { latest: version }, versions: { [version]: { ...manifest, dist } } };
}
