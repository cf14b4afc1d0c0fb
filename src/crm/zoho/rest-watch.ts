import { z } from 'zod'
import type { Watch } from '../crm.ts'
import type { Http } from './http.ts'
import { accepted, items, parsed, refusalOf, zohoInstant } from './wire.ts'

const WatchDetails = z.object({ events: z.array(z.object({ channel_expiry: z.string() })).min(1) })

/** Renews the channel, or begins it: Zoho refuses to renew one that has ended. */
export async function registerWatch(http: Http, watch: Watch): Promise<{ expiresAt: Date }> {
  const call = {
    endpoint: 'watch',
    path: '/actions/watch',
    read: false,
    body: {
      watch: [
        {
          channel_id: watch.channelId,
          // Zoho cannot notify about notes.
          events: watch.modules.filter((module) => module !== 'Notes').map((module) => `${module}.all`),
          channel_expiry: zohoInstant(watch.expiresAt),
          token: watch.token,
          notify_url: watch.notifyUrl,
          // Else an edit of a contact also comes as an edit of its account.
          notify_on_related_action: false,
          return_affected_field_values: false,
        },
      ],
    },
  }
  const renewed = await http({ ...call, method: 'PUT' })
  const answer =
    refusalOf(renewed)?.code === 'NOT_SUBSCRIBED' ? await http({ ...call, method: 'POST' }) : renewed
  const body = accepted(answer, 'the notification channel')
  const details = parsed(WatchDetails, items(body)[0]?.details, 'the notification channel')
  // What Zoho says it will be, not what was asked: too long a time silently becomes one hour.
  const expiry = Math.min(...details.events.map((event) => Date.parse(event.channel_expiry)))
  return { expiresAt: new Date(expiry) }
}
