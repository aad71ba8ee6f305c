// Everything works without this file, and two things are better with it.

// A second click on a button whose form is already under way does nothing: the browser would drop the first answer, and
// with it the cookies that it sets.
const underWay = new WeakSet()

addEventListener('submit', (event) => {
  if (underWay.has(event.target)) return event.preventDefault()
  underWay.add(event.target)
  // A download leaves the page where it is, and so does a lost connection: then the button is needed again.
  setTimeout(() => underWay.delete(event.target), 2000)
})

// Browsers keep a page that one left, `no-store` or not, and show it again on the way back: also to whoever sits there
// after one has signed out. So it is left empty, and asked for anew.
addEventListener('pagehide', () => {
  document.documentElement.hidden = true
})
addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload()
})
