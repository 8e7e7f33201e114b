import "./css/screens/flow.css";
import { startFrame } from "./frame";
import { declare } from "./island";
import { autosave } from "./islands/autosave";
import { fieldReport } from "./islands/field-report";
import { placeMap } from "./islands/place-map";
import { upload } from "./islands/upload";

declare("autosave", autosave);
declare("field-report", fieldReport);
declare("place-map", placeMap);
declare("upload", upload);
startFrame();
