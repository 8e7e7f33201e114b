import "./css/screens/flow.css";
import { startFrame } from "./frame";

startFrame();
