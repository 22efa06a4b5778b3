// What is new, as it happens: a stream that comes back by itself, and rests while the page is hidden.
import { settings } from "./net.js";

const FIRST = 500;
const LONGEST = 30000;
const SILENCE = 40000; // the server's heart beats every 15 seconds

export class Live {
  constructor(mark, { lines, state, today, check, bye }) {
    this.mark = mark;
    this.told = { lines, state, today, check, bye };
    this.wait = FIRST;
    document.addEventListener("visibilitychange", () => (document.hidden ? this.rest() : this.open()));
    addEventListener("online", () => this.open());
    addEventListener("pagehide", () => this.rest());
    addEventListener("pageshow", () => this.open());
  }

  open() {
    if (document.hidden || this.source) return;
    clearTimeout(this.again);
    const source = new EventSource(`${settings.base || ""}/api/live?since=${encodeURIComponent(this.mark)}`);
    this.source = source;
    const hear = (name, does) =>
      source.addEventListener(name, (event) => {
        if (event.lastEventId) this.mark = event.lastEventId;
        this.listen();
        does(event);
      });
    hear("here", (event) => this.told.today(JSON.parse(event.data).today));
    source.addEventListener("open", () => {
      this.wait = FIRST;
      this.told.state(true);
      this.listen();
    });
    hear("lines", (event) => this.told.lines(JSON.parse(event.data)));
    hear("beat", (event) => this.told.today(JSON.parse(event.data).today));
    hear("bye", () => this.told.bye());
    source.addEventListener("error", () => this.lost());
    this.listen();
  }

  // Nothing heard for long: the line is dead though nobody said so.
  listen() {
    clearTimeout(this.deaf);
    this.deaf = setTimeout(() => this.lost(), SILENCE);
  }

  lost() {
    this.rest();
    this.told.state(false);
    if (document.hidden) return;
    if (this.wait > FIRST) this.told.check(); // perhaps it is the login that has ended
    this.again = setTimeout(() => this.open(), this.wait * (0.75 + Math.random() / 2));
    this.wait = Math.min(LONGEST, this.wait * 2);
  }

  rest() {
    clearTimeout(this.deaf);
    clearTimeout(this.again);
    this.source?.close();
    this.source = null;
  }
}
