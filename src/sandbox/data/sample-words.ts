/** What people of the sample company and their customers write and say. `{…}` is filled in per activity. */

export type Letter = { subject: string; direction: 'Inbound' | 'Outbound'; body: string }
type Talk = { subject: string; notes: string; result: string }
type Meeting = { title: string; description: string }

export const FIRST_NAMES = [
  'Amara',
  'Bastian',
  'Celia',
  'Darius',
  'Elif',
  'Farah',
  'Gideon',
  'Hana',
  'Imogen',
  'Jonas',
  'Kavya',
  'Leif',
  'Mireille',
  'Nikhil',
  'Odette',
  'Pavel',
  'Quinn',
  'Rekha',
  'Sindre',
  'Talia',
  'Umar',
  'Vivian',
  'Wendell',
  'Ximena',
  'Yusuf',
  'Zofia',
  'Anders',
  'Bridget',
  'Caleb',
  'Deepa',
  'Emil',
  'Frances',
]
export const LAST_NAMES = [
  'Abernathy',
  'Bakke',
  'Castellan',
  'Dasgupta',
  'Eriksen',
  'Fairbairn',
  'Goswami',
  'Hallam',
  'Iversen',
  'Jankowski',
  'Kulkarni',
  'Lockwood',
  'Mbeki',
  'Nygaard',
  'Okonkwo',
  'Pemberton',
  'Quintero',
  'Rasmussen',
  'Sandoval',
  'Thackeray',
  'Underhill',
  'Venkataraman',
  'Whitcombe',
  'Yardley',
  'Zielinski',
  'Ambrose',
  'Bhatt',
  'Corrigan',
  'Dahl',
  'Espinoza',
]
export const EXECUTIVES = ['CEO', 'Chief Operating Officer', 'VP Operations', 'VP Customer Experience', 'CFO']
export const TITLES = [
  'Operations Manager',
  'IT Manager',
  'Head of Procurement',
  'Planning Lead',
  'Service Desk Lead',
  'Finance Manager',
  'Product Manager',
  'Warehouse Manager',
  'Office Manager',
  'Data Analyst',
]
export const DEPARTMENTS = ['Operations', 'IT', 'Procurement', 'Finance', 'Product']

export const DEAL_NAMES = [
  'scheduling module',
  'onboarding for the second site',
  'mobile licences',
  'reporting package',
  'integration with the ERP',
  'support plan upgrade',
  'training for supervisors',
  'archive migration',
]
export const NEXT_STEPS = [
  'Send revised order form',
  'Walk their IT lead through the security sheet',
  'Confirm start date with operations',
  'Agree on pilot success criteria',
  'Collect signature from procurement',
  'Book call with their finance manager',
]

export const CALM_LETTERS: readonly Letter[] = [
  {
    subject: 'Notes from today',
    direction: 'Outbound',
    body: 'Hi {first},\n\nGood to talk earlier. As agreed I am sending the short guide for shift leads, and I have asked our team to switch on the weekly export for {account}. You should see the first file on Monday.\n\nBest,\n{me}',
  },
  {
    subject: 'Re: weekly export',
    direction: 'Inbound',
    body: 'Hi {me},\n\nThe file arrived and the numbers match ours. Thank you for the quick turnaround. The team is happy with it.\n\n{first}',
  },
  {
    subject: 'Agenda for our check-in',
    direction: 'Outbound',
    body: 'Hello {first},\n\nThree things for our check-in: how the new views work for your planners, the dates for the refresher training, and anything you would like us to look at before the end of the quarter.\n\nTalk soon,\n{me}',
  },
  {
    subject: 'Refresher training dates',
    direction: 'Inbound',
    body: 'Hi {me}, Tuesday or Thursday both suit us. About twelve people will join, most of them from the early shift. Could you send the link to them directly?\n\nThanks,\n{first}',
  },
  {
    subject: 'Your question about user roles',
    direction: 'Outbound',
    body: 'Hi {first},\n\nYes: a supervisor can see every team of one site, and a regional lead every site. I attached a one-page overview. Happy to set it up together on a short call if that is easier.\n\n{me}',
  },
  {
    subject: 'Thanks for the visit',
    direction: 'Inbound',
    body: 'Dear {me},\n\nThank you for coming by. Seeing the dashboard on our own floor helped people a lot more than the slides did. Looking forward to the next session.\n\nKind regards,\n{first}',
  },
  {
    subject: 'Release notes worth a look',
    direction: 'Outbound',
    body: "Hi {first},\n\nTwo small things in this month's release that your planners asked for: the calendar now shows public holidays per site, and filters stay as you left them. No action needed on your side.\n\n{me}",
  },
  {
    subject: 'Updated contact list',
    direction: 'Inbound',
    body: 'Hi {me}, please find our updated list of site contacts attached. Nothing else has changed.\n\n{first}',
  },
]

export const CALM_TALKS: readonly Talk[] = [
  {
    subject: 'Monthly check-in',
    notes: 'Went through usage by site. All sites active. {first} pleased with the holiday calendar.',
    result: 'Connected',
  },
  {
    subject: 'Question on user roles',
    notes: 'Explained how regional leads are set up; {first} will set it up this week.',
    result: 'Connected',
  },
  {
    subject: 'Training follow-up',
    notes: 'Twelve people trained. Feedback good, one request for a German handout.',
    result: 'Connected',
  },
  {
    subject: 'Planning for next quarter',
    notes: 'They keep the current set-up. Next review agreed for the usual week.',
    result: 'Connected',
  },
  {
    subject: 'Data export walk-through',
    notes: 'Showed the finance team how to read the weekly file. Clear now.',
    result: 'Connected',
  },
]

export const CALM_MEETINGS: readonly Meeting[] = [
  {
    title: 'Quarterly review',
    description: 'Usage, support history and plans for the coming quarter. Both sides satisfied.',
  },
  { title: 'Refresher training', description: 'One hour for supervisors of the early shift.' },
  {
    title: 'Set-up session with IT',
    description: 'Single sign-on tested with two users, then switched on for everyone.',
  },
  { title: 'Working session on reports', description: 'Built the monthly report together with {first}.' },
]

export const CALM_NOTES = [
  'Prefers to be reached before ten in the morning.',
  'Site visit planned together with the spring stock count.',
  '{first} is the one who decides on training; finance only signs.',
  'Works well with our support team, knows Jo by name.',
]

export const GROWING_LETTERS: readonly Letter[] = [
  {
    subject: 'More users from next month',
    direction: 'Inbound',
    body: 'Hi {me},\n\nWe are opening two more teams next month and would like everyone on the system from the first day. That is about forty additional people. What is the best way to scale our licence?\n\n{first}',
  },
  {
    subject: 'Re: opening the new site',
    direction: 'Inbound',
    body: 'Hello {me},\n\nthe rollout at the first site went so well that our COO wants to expand to the other two this half-year. Could you walk us through the feature for cross-site planning?\n\nBest\n{first}',
  },
  {
    subject: 'Options for the larger team',
    direction: 'Outbound',
    body: 'Hi {first},\n\nGreat news about the growth. I will put together two options for the additional teams and send them once I know the start dates.\n\n{me}',
  },
]

export const WORRIED_LETTERS: readonly Letter[] = [
  {
    subject: 'Renewal and our budget',
    direction: 'Inbound',
    body: 'Hi {me},\n\nbefore we talk about the renewal I should say that our budget for next year was cut. The price per seat will be looked at closely, and procurement is considering a cheaper alternative.\n\nRegards,\n{first}',
  },
  {
    subject: 'Open points before we renew',
    direction: 'Inbound',
    body: 'Hello {me}, we were promised the audit report for September and still have not received it. Please let me know when we can expect it, otherwise I cannot bring the renewal to our board.\n\n{first}',
  },
]

export const UNHAPPY_LETTERS: readonly Letter[] = [
  {
    subject: 'Third outage this month',
    direction: 'Inbound',
    body: 'Hi {me},\n\nthis was the third issue in four weeks and the floor stood still for an hour. People here are frustrated. I need to know what you will do about it.\n\n{first}',
  },
  {
    subject: 'Re: Third outage this month',
    direction: 'Outbound',
    body: 'Hi {first},\n\nI understand, and I am sorry for the trouble. I have raised it with our engineering lead and will deliver a written root cause by Friday.\n\n{me}',
  },
  {
    subject: 'Still waiting',
    direction: 'Inbound',
    body: '{me}, Friday has passed and I have nothing to show to our VP. We are disappointed and have begun evaluating a competitor.\n\n{first}',
  },
]

export const UNPAID_LETTERS: readonly Letter[] = [
  {
    subject: 'Invoice 20418',
    direction: 'Outbound',
    body: 'Hi {first},\n\nour finance team tells me invoice 20418 is past due. Could you check on your side whether it has been released for payment?\n\n{me}',
  },
  {
    subject: 'Re: Invoice 20418',
    direction: 'Inbound',
    body: 'Hi {me}, our approver left and the invoice got stuck. I am chasing it and will come back to you.\n\n{first}',
  },
]

export const DEAL_LETTERS: readonly Letter[] = [
  {
    subject: 'Proposal for the {deal}',
    direction: 'Outbound',
    body: 'Hi {first},\n\nas discussed, here is the proposal for the {deal}, with the start date you asked for. Section three lists what we would need from your side.\n\n{me}',
  },
  {
    subject: 'Re: Proposal for the {deal}',
    direction: 'Inbound',
    body: 'Hi {me}, thanks. I passed it on internally and will get back to you when I have heard from everyone.\n\n{first}',
  },
]
