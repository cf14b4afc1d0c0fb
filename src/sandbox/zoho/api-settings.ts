import type { ModuleName } from '../data/crm-data.ts'
import { ORG_ZONE } from '../data/crm-data.ts'
import type { Person } from '../people.ts'
import type { Answer, ApiTools, Call } from './api-call.ts'
import { ApiError } from './api-error.ts'
import { RELATED_LISTS } from './api-reads.ts'
import { fieldId, moduleId } from './metadata-ids.ts'
import { INTEGRATION_USER } from './oauth.ts'
import { type DataType, type Field, isModuleName, SCHEMA } from './schema.ts'

const JSON_TYPE: Record<DataType, string> = {
  text: 'string',
  textarea: 'string',
  picklist: 'string',
  integer: 'integer',
  double: 'double',
  currency: 'double',
  date: 'string',
  datetime: 'string',
  boolean: 'boolean',
  email: 'string',
  phone: 'string',
  website: 'string',
  lookup: 'jsonobject',
  ownerlookup: 'jsonobject',
  participants: 'jsonarray',
}

/** `GET /settings/fields?module=` */
export function listFields(call: Call): Answer {
  const { module } = call.query
  if (module === undefined) {
    throw new ApiError(400, 'REQUIRED_PARAM_MISSING', 'One of the expected parameter is missing', {
      param_name: 'module',
    })
  }
  const name = moduleNamed(String(module))
  return { status: 200, body: { fields: SCHEMA[name].map((field) => describeField(name, field)) } }
}

function describeField(module: ModuleName, field: Field) {
  const id = fieldId(module, field.api)
  const writable = !field.readOnly
  return {
    id,
    api_name: field.api,
    field_label: field.label,
    display_label: field.label,
    data_type: field.type,
    json_type: JSON_TYPE[field.type],
    length: field.length ?? (field.type === 'textarea' ? 32_000 : 255),
    type: 'used',
    custom_field: field.custom ?? false,
    system_mandatory: field.mandatory ?? false,
    read_only: !writable,
    field_read_only: !writable,
    visible: true,
    unique: field.unique ? { case_sensitive: false } : {},
    pick_list_values: (field.choices ?? []).map((value, index) => ({
      id: `${id.slice(0, -3)}${String(900 - index)}`,
      display_value: value,
      actual_value: value,
      reference_value: value,
      sequence_number: index + 1,
      type: 'used',
    })),
    lookup:
      field.target === undefined || field.target === 'any'
        ? {}
        : {
            display_label: field.label,
            api_name: field.api,
            id,
            module: { api_name: field.target, crypt: false, id: moduleId(field.target) },
          },
    operation_type: {
      web_update: writable,
      api_create: writable,
      web_create: writable,
      api_update: writable,
    },
    view_type: { view: true, edit: writable, quick_create: false, create: writable },
    created_source: field.custom ? 'default' : 'system',
    history_tracking_enabled: false,
    webhook: true,
    filterable: true,
    sortable: true,
    searchable: true,
    mass_update: writable,
    display_field: false,
    separator: false,
    virtual_field: false,
    businesscard_supported: true,
    colour_code_enabled_by_system: false,
    enable_colour_code: false,
    pick_list_values_sorted_lexically: false,
    association_details: null,
    multi_module_lookup: {},
    multiselectlookup: {},
    convert_mapping: null,
    rollup_summary: {},
    email_parser: { fields_update_supported: writable, record_operations_supported: true },
    currency: {},
    formula: {},
    auto_number: {},
    external: null,
    range: null,
    public: false,
    display_type: -1,
    ui_type: 1,
    profiles: [{ permission_type: 'read_write', name: 'Administrator', id: PROFILES.admin.id }],
  }
}

/** `GET /settings/modules` */
export function listModules(): Answer {
  return {
    status: 200,
    body: { modules: Object.keys(SCHEMA).map((name) => describeModule(moduleNamed(name))) },
  }
}

/** `GET /settings/modules/{module}` */
export function getModule(name: string): Answer {
  return { status: 200, body: { modules: [describeModule(moduleNamed(name))] } }
}

function describeModule(module: ModuleName) {
  const singular = module.slice(0, -1)
  return {
    id: moduleId(module),
    api_name: module,
    module_name: module,
    singular_label: singular,
    plural_label: module,
    generated_type: 'default',
    api_supported: true,
    creatable: true,
    editable: true,
    deletable: true,
    viewable: true,
    show_as_tab: module !== 'Notes',
    global_search_supported: true,
    triggers_supported: module !== 'Notes',
    recycle_bin_on_delete: true,
    public_fields_configured: false,
    has_more_profiles: false,
    sub_menu_available: false,
    profile_count: 1,
    profiles: [PROFILES.admin],
    description: null,
    status: 'visible',
    sequence_number: Object.keys(SCHEMA).indexOf(module) + 1,
    modified_time: null,
  }
}

/** `GET /settings/related_lists?module=` */
export function listRelatedLists(call: Call): Answer {
  const module = moduleNamed(String(call.query.module ?? ''))
  const related_lists = (RELATED_LISTS[module] ?? []).map((list, index) => ({
    id: fieldId(module, SCHEMA[module][index]?.api ?? ''),
    api_name: list.name,
    name: list.name,
    display_label: list.name,
    module: { api_name: list.module, id: moduleId(list.module) },
    href: `${module}/{ENTITYID}/${list.name}`,
    type: 'default',
    sequence_number: String(index + 1),
    action: null,
    connectedmodule: null,
    linkingmodule: null,
  }))
  return { status: 200, body: { related_lists } }
}

const PROFILES = {
  admin: { name: 'Administrator', id: '5725767000000026011' },
  standard: { name: 'Standard', id: '5725767000000026014' },
}
const ROLES = {
  owner: { name: 'Account Executive', id: '5725767000000026005' },
  manager: { name: 'Sales Manager', id: '5725767000000026006' },
  admin: { name: 'CEO', id: '5725767000000026008' },
  none: { name: 'Staff', id: '5725767000000026009' },
}

/** `GET /users?type=` */
export function listUsers(call: Call, { state }: ApiTools): Answer {
  const type = String(call.query.type ?? 'AllUsers')
  if (type === 'CurrentUser') {
    return { status: 200, body: { users: [describeUser(INTEGRATION, INTEGRATION_USER.id, state.people)] } }
  }
  const users = state.people.flatMap((person) => {
    const shown = userTypes(person).includes(type)
    return shown && person.crmId !== null ? [describeUser(person, person.crmId, state.people)] : []
  })
  if (users.length === 0) return { status: 204 }
  const info = { per_page: 200, count: users.length, page: 1, more_records: false }
  return { status: 200, body: { users, info } }
}

function userTypes(person: Person): string[] {
  const all = ['AllUsers', 'ActiveUsers', 'ConfirmedUsers', 'ActiveConfirmedUsers']
  return person.role === 'admin' ? [...all, 'AdminUsers', 'ActiveConfirmedAdmins'] : all
}

const INTEGRATION: Person = {
  ...INTEGRATION_USER,
  slackId: '',
  crmId: INTEGRATION_USER.id,
  role: 'none',
  zone: ORG_ZONE,
  managerCrmId: null,
}

/** `GET /users/{id}` */
export function getUser(id: string, { state }: ApiTools): Answer {
  const person = id === INTEGRATION_USER.id ? INTEGRATION : state.personOf(id)
  return person ? { status: 200, body: { users: [describeUser(person, id, state.people)] } } : { status: 204 }
}

function describeUser(person: Person, id: string, people: readonly Person[]) {
  const [first = '', ...rest] = person.name.split(' ')
  const manager = people.find((each) => each.crmId !== null && each.crmId === person.managerCrmId)
  return {
    id,
    first_name: first,
    last_name: rest.join(' ') || first,
    full_name: person.name,
    email: person.email,
    status: 'active',
    confirm: true,
    type__s: 'Regular User',
    role: ROLES[person.role],
    profile: person.role === 'admin' ? PROFILES.admin : PROFILES.standard,
    Reporting_To: manager ? { id: person.managerCrmId, name: manager.name } : null,
    time_zone: person.zone || ORG_ZONE,
    locale: 'en_US',
    language: 'en_US',
    date_format: 'MM-dd-yyyy',
    time_format: 'hh:mm a',
  }
}

function moduleNamed(name: string): ModuleName {
  if (isModuleName(name)) return name
  throw new ApiError(400, 'INVALID_MODULE', 'the module name given seems to be invalid', { module: name })
}
