// What the browser remembers of what one writes. A browser that keeps nothing: this page does.

export const kept = {
  get: (name) => { try { return localStorage.getItem(name); } catch { return null; } },
  read: (name) => { try { return JSON.parse(localStorage.getItem(name)); } catch { return null; } },
  set: (name, text) => { try { if (text) localStorage.setItem(name, text); else localStorage.removeItem(name); } catch { /* see above */ } },
  names: () => { try { return Object.keys(localStorage); } catch { return []; } },
};
