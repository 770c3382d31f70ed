// What the builder of Africa's Talking makes of each line of the input, as one JSON object.
const Builder = require('africastalking/lib/actionbuilder')

const home = 'https://customer.example/'
const made = {
  'africastalking greets and collects': b => b.getDigits(
    { say: { text: 'Press one.' } },
    { numDigits: 1, timeout: 20, finishOnKey: '#', callbackUrl: home + 'choice' }
  ),
  'africastalking dials': b => b.dial('@friend@', { record: true, sequential: true }),
  'africastalking records': b => b.record(
    { say: { text: 'Leave a message.' } },
    { finishOnKey: '#', maxLength: 20, playBeep: true, trimSilence: true, callbackUrl: home + 'after' }
  ),
  'africastalking confers': b => b.conference(),
  'africastalking redirects': b => b.redirect(home + 'after'),
  'africastalking rejects': b => b.reject(),
  'africastalking plays': b => b.play(home + 'tone/900/0.4.wav').say('Goodbye.'),
  'africastalking queues': b => b.say('Please wait.').enqueue({ name: 'support' })
}
const documents = Object.entries(made).map(([name, build]) => {
  const builder = new Builder()
  build(builder)
  return [name, builder.build()]
})
console.log(JSON.stringify(Object.fromEntries(documents)))
