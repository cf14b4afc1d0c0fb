/** The accounts of the sample company, and what each of them is there to show. Every name is invented. */

export type Scene =
  /** In touch, nothing due. With `deals`: that many open ones, moving. */
  | { kind: 'healthy'; deals?: 1 | 2 }
  | { kind: 'silent'; days: number }
  | { kind: 'stalled'; days: number }
  | { kind: 'overdue-close'; days: number }
  | { kind: 'renewal'; inDays: number; worried?: true }
  | { kind: 'handed-over'; daysAgo: number }
  | { kind: 'new'; daysAgo: number }
  | { kind: 'at-risk' }
  | { kind: 'unpaid' }
  | { kind: 'growing' }
  /** Never bought, no open deal: its silence is no news. */
  | { kind: 'dormant' }

export type SampleAccount = {
  name: string
  industry: string
  city: string
  state: string
  employees: number
  scene: Scene
}

const account = (
  name: string,
  [industry, city, state]: [string, string, string],
  employees: number,
  scene: Scene,
): SampleAccount => ({ name, industry, city, state, employees, scene })

const healthy: Scene = { kind: 'healthy' }
const moving: Scene = { kind: 'healthy', deals: 1 }
const busy: Scene = { kind: 'healthy', deals: 2 }

export const SAMPLE_ACCOUNTS: readonly SampleAccount[] = [
  account('Larkspur Logistics', ['Logistics', 'Savannah', 'Georgia'], 420, { kind: 'silent', days: 16 }),
  account('Tidewell Clinics', ['Healthcare', 'San Diego', 'California'], 1150, { kind: 'stalled', days: 33 }),
  account('Brannock Foundry', ['Manufacturing', 'Bergen', 'Vestland'], 640, { kind: 'renewal', inDays: 12 }),
  account('Quillmark Press', ['Publishing', 'Pune', 'Maharashtra'], 210, { kind: 'growing' }),
  account('Osprey Ridge Energy', ['Energy', 'Albany', 'New York'], 980, moving),
  account('Fennimore & Vale', ['Legal services', 'Sacramento', 'California'], 160, healthy),
  account('Nordlys Marine', ['Shipping', 'Ålesund', 'Møre og Romsdal'], 530, moving),
  account('Saffron Loop', ['Retail', 'Bengaluru', 'Karnataka'], 870, busy),
  account('Cobbler Street Foods', ['Food and beverage', 'Rochester', 'New York'], 340, {
    kind: 'stalled',
    days: 50,
  }),
  account('Halcyon Freight', ['Logistics', 'Oakland', 'California'], 720, healthy),
  account('Granitt Bygg', ['Construction', 'Trondheim', 'Trøndelag'], 410, { kind: 'silent', days: 35 }),
  account('Meridian Tanneries', ['Manufacturing', 'Chennai', 'Tamil Nadu'], 1300, healthy),
  account('Wexcombe Robotics', ['Industrial automation', 'Boston', 'Massachusetts'], 260, {
    kind: 'at-risk',
  }),
  account('Juniper Vault', ['Financial services', 'Portland', 'Oregon'], 190, { kind: 'unpaid' }),
  account('Havstein Aqua', ['Aquaculture', 'Tromsø', 'Troms'], 230, healthy),
  account('Peepal Tree Learning', ['Education', 'Hyderabad', 'Telangana'], 150, { kind: 'new', daysAgo: 2 }),
  account('Thistledown Hotels', ['Hospitality', 'Burlington', 'Vermont'], 1800, healthy),
  account('Copperline Media', ['Media', 'Los Angeles', 'California'], 380, { kind: 'silent', days: 70 }),
  account('Fjordlight Optics', ['Scientific instruments', 'Stavanger', 'Rogaland'], 120, busy),
  account('Monsoon Agritech', ['Agriculture', 'Nagpur', 'Maharashtra'], 560, { kind: 'stalled', days: 33 }),
  account('Barrow & Finch', ['Architecture', 'Philadelphia', 'Pennsylvania'], 95, healthy),
  account('Sundial Therapeutics', ['Biotechnology', 'San Jose', 'California'], 610, moving),
  account('Skogheim Timber', ['Forestry', 'Hamar', 'Innlandet'], 290, { kind: 'overdue-close', days: 9 }),
  account('Indigo Kettle', ['Consumer goods', 'Jaipur', 'Rajasthan'], 440, healthy),
  account('Pallister Grange', ['Real estate', 'Hartford', 'Connecticut'], 180, {
    kind: 'renewal',
    inDays: 28,
  }),
  account('Redwater Outfitters', ['Retail', 'Boise', 'Idaho'], 520, moving),
  account('Vinterbro Transport', ['Logistics', 'Drammen', 'Buskerud'], 760, healthy),
  account('Lotus Span Engineering', ['Engineering', 'Mumbai', 'Maharashtra'], 2100, {
    kind: 'renewal',
    inDays: 60,
    worried: true,
  }),
  account('Clearbrook Water', ['Utilities', 'Buffalo', 'New York'], 890, healthy),
  account('Alder & Sage Insurance', ['Insurance', 'Seattle', 'Washington'], 1400, {
    kind: 'handed-over',
    daysAgo: 3,
  }),
  account('Kystvind Power', ['Energy', 'Bodø', 'Nordland'], 310, healthy),
  account('Banyan Diagnostics', ['Healthcare', 'Kochi', 'Kerala'], 690, moving),
  account('Merrow Analytics', ['Software', 'Providence', 'Rhode Island'], 140, { kind: 'growing' }),
  account('Halcyon Freight', ['Air cargo', 'Reno', 'Nevada'], 240, healthy),
  account('Solvik Interiors', ['Furniture', 'Kristiansand', 'Agder'], 170, { kind: 'silent', days: 16 }),
  account('Teakwood Systems', ['Software', 'Delhi', 'Delhi'], 330, healthy),
  account('Pinewarden Security', ['Security services', 'Concord', 'New Hampshire'], 460, moving),
  account('Ironbird Aviation', ['Aerospace', 'Tucson', 'Arizona'], 1250, { kind: 'overdue-close', days: 21 }),
  account('Lysefjell Sports', ['Sporting goods', 'Lillehammer', 'Innlandet'], 200, healthy),
  account('Cardamom House', ['Hospitality', 'Udaipur', 'Rajasthan'], 270, { kind: 'silent', days: 35 }),
  account('Hollis Mill Textiles', ['Textiles', 'Lowell', 'Massachusetts'], 580, healthy),
  account('Marigold Mobility', ['Automotive', 'Fresno', 'California'], 910, busy),
  account('Steinvik Mining', ['Mining', 'Narvik', 'Nordland'], 1050, { kind: 'stalled', days: 50 }),
  account('Riverstone Pharma', ['Pharmaceuticals', 'Ahmedabad', 'Gujarat'], 1700, healthy),
  account('Ashgrove Dental', ['Healthcare', 'Syracuse', 'New York'], 85, { kind: 'dormant' }),
  account('Tamarack Software', ['Software', 'Eugene', 'Oregon'], 130, healthy),
  account('Bølgen Seafood', ['Food and beverage', 'Haugesund', 'Rogaland'], 360, {
    kind: 'renewal',
    inDays: 45,
  }),
  account('Nimbus Weave', ['Textiles', 'Surat', 'Gujarat'], 620, healthy),
  account('Foxglove Cosmetics', ['Consumer goods', 'Newark', 'New Jersey'], 480, {
    kind: 'silent',
    days: 16,
  }),
  account('Sierra Lantern', ['Outdoor equipment', 'Sacramento', 'California'], 220, healthy),
  account('Elvebakk Media', ['Media', 'Oslo', 'Oslo'], 190, { kind: 'new', daysAgo: 5 }),
  account('Kingfisher Ports', ['Shipping', 'Visakhapatnam', 'Andhra Pradesh'], 1600, moving),
  account('Wren & Harrow', ['Consulting', 'Baltimore', 'Maryland'], 110, healthy),
  account('Desert Bloom Solar', ['Energy', 'Las Vegas', 'Nevada'], 300, { kind: 'renewal', inDays: 85 }),
  account('Tindefjord Labs', ['Biotechnology', 'Bergen', 'Vestland'], 240, { kind: 'growing' }),
  account('Blue Heron Rail', ['Transportation', 'Kolkata', 'West Bengal'], 2300, { kind: 'at-risk' }),
  account('Eastgate Archives', ['Information services', 'Albany', 'New York'], 75, healthy),
  account('Sandpiper Games', ['Entertainment', 'San Diego', 'California'], 155, { kind: 'dormant' }),
  account('Furuvik Packaging', ['Packaging', 'Fredrikstad', 'Østfold'], 350, healthy),
  account('Amber Delta Chemicals', ['Chemicals', 'Vadodara', 'Gujarat'], 1450, { kind: 'stalled', days: 33 }),
  account('Millpond Grocers', ['Retail', 'Portland', 'Maine'], 640, healthy),
  account('Coyote Creek Winery', ['Food and beverage', 'Napa', 'California'], 90, healthy),
]

export function isCustomer(scene: Scene): boolean {
  return scene.kind !== 'dormant' && scene.kind !== 'new'
}
