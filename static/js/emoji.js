// The signs that people use most, by their English short names; the first of them is the one that is shown.

const ALL = `😀 grinning happy|😃 smiley|😄 smile|😁 grin|😆 laughing|😅 sweat_smile|🤣 rofl|😂 joy tears laugh|🙂 slight_smile|🙃 upside_down|😉 wink|😊 blush|😇 innocent halo angel
😍 heart_eyes|🥰 loved in_love|😘 kiss|😋 yum tasty|😛 tongue|😜 crazy|🤪 zany|🤗 hug|🤔 thinking hmm|🤫 shush quiet|🤨 eyebrow raised|😐 neutral|😏 smirk|🙄 eye_roll rolling|😬 grimace|😌 relieved
😴 sleeping zzz|😷 mask|🤒 sick ill|🤕 hurt|🤯 mind_blown exploding|🥳 partying party_face|😎 cool sunglasses|🤓 nerd|🧐 monocle|😕 confused|😟 worried|😮 wow surprised open_mouth|😳 flushed|🥺 pleading|😢 cry sad
😭 sob crying|😱 scream|😞 disappointed|😓 sweat|😩 weary|🥱 yawn|😤 huff triumph|😠 angry|🤬 swearing|💀 skull|👻 ghost|🤖 robot|🙈 see_no_evil monkey|💩 poop
👋 wave hello bye|👍 thumbs_up yes plus like|👎 thumbs_down no minus dislike|👌 ok okay|✌️ victory peace|🤞 fingers_crossed luck|🤘 rock horns|👉 point_right|👈 point_left|👆 point_up|👇 point_down|✋ hand stop high_five|👏 clap bravo|🙌 raised_hands hooray praise|🙏 pray thanks please|🤝 handshake deal|💪 strong muscle|✍️ writing|👀 eyes look|🧠 brain
❤️ heart love red_heart|🧡 orange_heart|💛 yellow_heart|💚 green_heart|💙 blue_heart|💜 purple_heart|🖤 black_heart|🤍 white_heart|💔 broken_heart|💕 two_hearts|✨ sparkles shiny|⭐ star|🌟 glowing_star|💯 hundred 100|💥 boom|🔥 fire hot|💧 drop water|💤 sleepy|💬 speech talk|💡 bulb idea light
🎉 tada party celebrate|🎊 confetti|🎁 gift present|🎂 cake birthday|🎈 balloon|🏆 trophy win|🥇 gold first medal|🎯 target dart bullseye|🎨 art paint palette|🎬 film movie|🎵 music note|🎸 guitar|🎤 microphone sing|🎮 game|🎲 dice|📷 camera photo
✅ check done|❌ cross wrong|❗ exclamation important|❓ question|⚠️ warning|🚫 forbidden|➕ add|➡️ arrow_right|⬅️ arrow_left|🔗 link|📌 pin|📎 paperclip|📝 memo write|📖 book read|📚 books|📣 megaphone announce|📅 calendar date|📦 package box|📈 chart_up|📉 chart_down|✂️ scissors cut|🔒 lock|🔑 key|🔍 search magnifier|🔔 bell|⏰ alarm clock|⏳ hourglass wait|🛠️ tools|⚙️ gear settings|🧵 thread|🧶 yarn|🖨️ printer print|🖋️ pen
☕ coffee|🍵 tea|🍺 beer|🍻 cheers|🍷 wine|🥂 toast|🍕 pizza|🍞 bread|🍰 dessert|🍪 cookie|🍎 apple|🍓 strawberry|🥑 avocado|🌶️ chili
🌱 seedling sprout|🌳 tree|🍀 clover|🌸 blossom flower|🌹 rose|🌻 sunflower|🍂 leaves autumn|☀️ sun|🌙 moon|☁️ cloud|🌧️ rain|⛄ snowman|❄️ snow|🌈 rainbow|🌊 wave_sea sea|🌍 earth world|🐶 dog|🐱 cat|🐦 bird|🦊 fox|🐝 bee|🦋 butterfly|🐢 turtle|🐟 fish
🏠 house home|🚀 rocket ship launch|🚲 bike bicycle|🚗 car|🚆 train|✈️ plane|🧳 luggage travel|🗺️ map`
  .split(/[|\n]/).map((line) => line.split(" "));

// The list for a word: what is called so first, in one word before two, then what is also known by it.
export function find(word) {
  const fits = (name) => name.startsWith(word) || name.includes(`_${word}`) || name.replaceAll("_", "").startsWith(word);
  const found = ALL.filter(([, ...names]) => names.some(fits));
  const rank = ([, name]) => (fits(name) ? Number(name.includes("_")) : 2);
  found.sort((a, b) => rank(a) - rank(b));
  return found.slice(0, 8).map(([sign, name]) => `<li role="option" data-put="${sign}"><i aria-hidden="true">${sign}</i><b>${name.replaceAll("_", " ")}</b></li>`).join("");
}
