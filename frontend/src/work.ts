import "./css/screens/work.css";
import "./css/screens/case.css";
import { startFrame } from "./frame";
import { declare } from "./island";
import { autosave } from "./islands/autosave";
import { counter } from "./islands/counter";
import { keys } from "./islands/keys";
import { upload } from "./islands/upload";

declare("keys", keys);
declare("counter", counter);
declare("autosave", autosave);
declare("upload", upload);
startFrame();
