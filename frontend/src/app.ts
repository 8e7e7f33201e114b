import "./css/screens/flow.css";
import "./css/screens/ranking.css";
import { startFrame } from "./frame";
import { declare } from "./island";
import { passkey } from "./islands/passkey";
import { push } from "./islands/push";

declare("passkey", passkey);
declare("push", push);
startFrame();
