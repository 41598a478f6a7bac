// `npm start`: the article's NAT chapter with our program, on a real kernel, with real traffic.
import { must, setUp } from "./setup.js";

setUp();
must("bash", ["scripts/kernel.sh", "--", process.execPath, "scripts/demo.js"]);
