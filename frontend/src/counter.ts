import "./css/screens/work.css";
import "./css/screens/case.css";
import "./css/screens/counter.css";
import { startFrame } from "./frame";
import { declare } from "./island";
import { counter } from "./islands/counter";
import { counterOffline } from "./islands/counter-offline";
import { keys } from "./islands/keys";

declare("keys", keys);
declare("counter", counter);
declare("offline-counter", counterOffline);
startFrame();
