import "./css/screens/work.css";
import "./css/screens/board.css";
import "./css/screens/ranking.css";
import "./css/screens/wall.css";
import { startFrame } from "./frame";
import { declare } from "./island";
import { keys } from "./islands/keys";

declare("keys", keys);
startFrame();
