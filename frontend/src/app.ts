import "./css/screens/flow.css";
import "./css/screens/ranking.css";
import { startFrame } from "./frame";
import { declare } from "./island";
import { install } from "./islands/install";
import { nearMe } from "./islands/near-me";
import { passkey } from "./islands/passkey";
import { push } from "./islands/push";
import { reportMap } from "./islands/report-map";

declare("install", install);
declare("near-me", nearMe);
declare("passkey", passkey);
declare("push", push);
declare("report-map", reportMap);
startFrame();
