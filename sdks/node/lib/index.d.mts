import { SautikitClient } from "./index.js";

export * from "./index.js";
export default SautikitClient;
