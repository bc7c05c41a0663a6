// A browser wakes the timers of a tab in the background once a minute at most; those of a worker it does not slow down.
// An open call must be seen and heard in seconds there too: https://developer.chrome.com/blog/timer-throttling-in-chrome-88
setInterval(() => postMessage(null), 1_000);
