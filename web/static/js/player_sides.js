// Which side of a stereo recording is heard: client (left), operator (right) or both.
//
// The routing is done with Web Audio, so switching does not load the file again. Until somebody asks for one side the
// audio element plays by itself: a browser without Web Audio still plays both.

export const SIDES = ["both", "client", "operator"];

const GAINS = { both: [1, 1], client: [1, 0], operator: [0, 1] };

/** Wire `source` (stereo) to `destination` through one gain per side; both sides alone are heard in both ears. */
export function routeSides(context, source, destination) {
  const splitter = context.createChannelSplitter(2);
  const merger = context.createChannelMerger(2);
  const straight = [context.createGain(), context.createGain()];
  const crossed = [context.createGain(), context.createGain()];
  source.connect(splitter);
  for (const channel of [0, 1]) {
    splitter.connect(straight[channel], channel);
    splitter.connect(crossed[channel], channel);
    straight[channel].connect(merger, 0, channel);
    crossed[channel].connect(merger, 0, 1 - channel);
  }
  merger.connect(destination);
  const listenTo = (side) => {
    GAINS[side].forEach((gain, channel) => {
      straight[channel].gain.value = gain;
      crossed[channel].gain.value = side === "both" ? 0 : gain;
    });
  };
  listenTo("both");
  return listenTo;
}

/** A function that switches what is heard of `audio`; the routing is made at its first real use. */
export function sideSwitch(audio) {
  let listenTo = null;
  let context = null;
  return (side) => {
    if (!GAINS[side]) throw new Error(`no side ${side}`);
    if (!listenTo && side === "both") return;
    if (!listenTo) {
      context = new AudioContext();
      listenTo = routeSides(context, context.createMediaElementSource(audio), context.destination);
    }
    listenTo(side);
    if (context.state === "suspended") context.resume();
  };
}
