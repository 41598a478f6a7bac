import { kernelSuite } from "../suite.js";

export default kernelSuite(import.meta.dirname);
