import "./css/screens/flow.css";
import { startFrame } from "./frame";
import { declare } from "./island";
import { autosave } from "./islands/autosave";
import { upload } from "./islands/upload";

declare("autosave", autosave);
declare("upload", upload);
startFrame();
