import "./css/screens/flow.css";
import { startFrame } from "./frame";
import { declare } from "./island";
import { push } from "./islands/push";

declare("push", push);
startFrame();
