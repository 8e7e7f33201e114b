import "./css/screens/work.css";
import "./css/screens/case.css";
import "./css/screens/ranking.css";
import "./css/screens/score.css";
import { startFrame } from "./frame";
import { declare } from "./island";
import { autosave } from "./islands/autosave";
import { counter } from "./islands/counter";
import { grid } from "./islands/grid";
import { keys } from "./islands/keys";
import { upload } from "./islands/upload";

declare("keys", keys);
declare("counter", counter);
declare("autosave", autosave);
declare("grid", grid);
declare("upload", upload);
startFrame();
