// The ticket machine, the ticket and the screen in the waiting room.
import "./css/screens/queue.css";
import { startFrame } from "./frame";
import { declare } from "./island";
import { printNow } from "./islands/print-now";

declare("print-now", printNow);
startFrame();
