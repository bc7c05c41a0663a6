#!/usr/bin/env bash
# Does with the Azure CLI what infra/modules/graph.bicep does, for a deployer who lacks the rights for that, and in
# national clouds, which the Bicep extension does not reach. Same unique names, so either may follow the other. Can be
# run again at any time: what is there stays. Runs with bash 3.2 (macOS). grant-permissions.ps1 is its twin.
set -euo pipefail

usage() {
  cat <<'USAGE'
Usage: grant-permissions.sh --service-account UPN --function-app-host-name HOST
         --managed-identity-principal-id ID --environment-name NAME
         [--chat-resource-data none|encrypted] [--dry-run]

Gives Teams Emergency Alerts what it needs in the directory. Sign in with "az login" first, as a Privileged Role
Administrator who is an Application Administrator too.

  --service-account                the account that Teams notifies, such as emergency@contoso.com
  --function-app-host-name         AZURE_FUNCTION_APP_URL without https://, such as func-abc.azurewebsites.net
  --managed-identity-principal-id  AZURE_MANAGED_IDENTITY_PRINCIPAL_ID
  --environment-name               AZURE_ENV_NAME
  --chat-resource-data             as the setting CHAT_RESOURCE_DATA; none unless given
  --dry-run                        print each step and its command, and run none of them
  --help                           print this
USAGE
}

# https://learn.microsoft.com/graph/permissions-reference
graph_app_id=00000003-0000-0000-c000-000000000000
chat_read=f501c180-9344-439a-bca0-6cbf209fd270
user_read=e1fe6dd8-ba31-4d61-89e7-88639da4683d
offline_access=7427e0e9-2fba-42fe-b0c0-848c9e6a8182
call_events_emergency_read_all=f0a35f91-2aa6-4a99-9d5a-5b6bcb66204e
# https://learn.microsoft.com/graph/change-notifications-delivery-event-hubs
change_tracking_app_id=0bf30f3b-4a52-48df-9a82-234910c4a086
default_role=00000000-0000-0000-0000-000000000000
responder=1ece6421-b5f5-408e-805f-656c71c70162
administrator=f2d5512c-3a50-450d-afed-6aafd17cfbe7
auditor=5832b468-f732-4542-8686-09c0c884f897
# MSAL asks for openid and profile with every sign-in.
account_scope='Chat.Read User.Read offline_access openid profile'
page_scope='openid profile email'

refuse() {
  printf 'grant-permissions: %s\n' "$1" >&2
  printf 'Nothing was done. --help says how this is used.\n' >&2
  exit 2
}

# --- What was asked for ---

service_account='' host_name='' identity_id='' environment_name='' chat_resource_data=none dry_run=no
while [ $# -gt 0 ]; do
  case $1 in
    --dry-run) dry_run=yes; shift; continue ;;
    --help) usage; exit 0 ;;
    --service-account | --function-app-host-name | --managed-identity-principal-id | --environment-name | --chat-resource-data) ;;
    *) refuse "there is no option $1" ;;
  esac
  [ $# -ge 2 ] || refuse "$1 needs a value"
  case $1 in
    --service-account) service_account=$2 ;;
    --function-app-host-name) host_name=$2 ;;
    --managed-identity-principal-id) identity_id=$2 ;;
    --environment-name) environment_name=$2 ;;
    --chat-resource-data) chat_resource_data=$2 ;;
  esac
  shift 2
done

guid='^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$'
# check OPTION VALUE PATTERN EXAMPLE: these values go into addresses and JSON, so only what cannot break them passes.
check() {
  [ -n "$2" ] || refuse "$1 is missing: it is wanted as $4"
  [[ $2 =~ $3 ]] || refuse "$1 cannot be used as it is: it is wanted as $4"
}
check --service-account "$service_account" '^[A-Za-z0-9._!~-]+@[A-Za-z0-9.-]+$' 'a user principal name, such as emergency@contoso.com'
check --function-app-host-name "$host_name" '^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$' 'a host name without https://, such as func-abc.azurewebsites.net'
check --managed-identity-principal-id "$identity_id" "$guid" 'an object id, such as 00001111-aaaa-2222-bbbb-3333cccc4444'
check --environment-name "$environment_name" '^[A-Za-z0-9._()-]{1,64}$' 'the name of the azd environment, such as contoso'
check --chat-resource-data "$chat_resource_data" '^(none|encrypted)$' 'none or encrypted'

# --- How things are said and done ---

# What a step finds is captured, so what people read goes out by a descriptor of its own.
exec 3>&1
errors_file=$(mktemp)
step_number=0
step_text=''

ended() {
  local status=$?
  rm -f "$errors_file"
  if [ "$status" -ne 0 ] && [ -n "$step_text" ]; then
    printf 'Stopped at step %s (%s). The steps before it are done, none after it. Mend what is said above and run this again: what is there stays.\n' "$step_number" "$step_text" >&2
  fi
}
trap ended EXIT

step() {
  step_number=$((step_number + 1))
  step_text=$1
  printf '%s. %s\n' "$step_number" "$1" >&3
}

note() { printf '   %s\n' "$1" >&3; }

# The command as it could be typed.
show() {
  local argument
  printf '  ' >&3
  for argument in "$@"; do
    case $argument in
      '' | *[!A-Za-z0-9_./:=@-]*) printf " '%s'" "$(printf '%s' "$argument" | sed "s/'/'\\\\''/g")" >&3 ;;
      *) printf ' %s' "$argument" >&3 ;;
    esac
  done
  printf '\n' >&3
}

# Runs the command, or shows it in a dry run. The directory answers from several copies: what was created a moment ago
# may not be there yet, and is asked for again.
run() {
  local attempt
  if [ "$dry_run" = yes ]; then show "$@"; return 0; fi
  for attempt in 1 2 3 4 5 6; do
    if "$@" 2>"$errors_file"; then return 0; fi
    grep -Eq 'ResourceNotFound|NoBackingApplicationObject' "$errors_file" || break
    if [ "$attempt" -lt 6 ]; then sleep "${GRANT_PERMISSIONS_PAUSE_SECONDS:-10}"; fi
  done
  cat "$errors_file" >&2
  return 1
}

# look_up WHAT PATH QUERY [PARAMETER]: what the JMESPath QUERY finds in Graph's answer; nothing where it finds nothing.
# A failure is passed on by hand: bash does not stop by itself inside $(...).
look_up() {
  local what=$1 path=$2 query=$3 found
  shift 3
  local command=(az rest --method get --url "$graph_url/v1.0/$path")
  if [ $# -gt 0 ]; then command+=(--url-parameters "$@"); fi
  found=$(run "${command[@]}" --query "$query" --output tsv) || return 1
  if [ "$dry_run" = yes ]; then found="<$what>"; elif [ "$found" = None ]; then found=''; fi
  printf '%s' "$found"
}

# change METHOD PATH BODY [HEADER]
change() {
  local command=(az rest --method "$1" --url "$graph_url/v1.0/$2" --headers Content-Type=application/json)
  if [ -n "${4-}" ]; then command+=("$4"); fi
  run "${command[@]}" --body "$3" --output none
}

# upsert PATH BODY: creates what is missing, updates what is there. https://learn.microsoft.com/graph/api/application-upsert
upsert() { change patch "$1" "$2" Prefer=create-if-missing; }

# is_needed FOUND: whether to create. A dry run cannot know, and shows how it would be done.
is_needed() {
  if [ "$dry_run" = yes ]; then note 'Only if that finds nothing:'; return 0; fi
  if [ -z "$1" ]; then return 0; fi
  note 'It is there already.'
  return 1
}

wanted() {
  if [ -n "$2" ]; then return 0; fi
  printf 'grant-permissions: %s was not found in the tenant.\n' "$1" >&2
  return 1
}

# application TITLE UNIQUE_NAME BODY ASSIGNMENT_REQUIRED: with its service principal. Leaves app_id, object_id and
# principal_id behind.
application() {
  local title=$1 unique_name=$2 body=$3 assignment_required=$4 principal
  step "Create or update the $title application"
  upsert "applications(uniqueName='$unique_name')" "$body"
  app_id=$(look_up "client id of the $title application" "applications(uniqueName='$unique_name')" appId)
  wanted "the $title application" "$app_id"
  object_id=$(look_up "object id of the $title application" "applications(uniqueName='$unique_name')" id)
  wanted "the $title application" "$object_id"
  step "Create or update its service principal (assignment required: $assignment_required)"
  principal="servicePrincipals(appId='$app_id')"
  upsert "$principal" "{\"appRoleAssignmentRequired\":$assignment_required,\"tags\":[\"WindowsAzureActiveDirectoryIntegratedApp\"]}"
  principal_id=$(look_up "service principal of the $title application" "$principal" id)
  wanted "the service principal of the $title application" "$principal_id"
}

# assign KIND PRINCIPAL RESOURCE ROLE: KIND is users or servicePrincipals.
assign() {
  local found
  found=$(look_up 'the assignment' "$1/$2/appRoleAssignments" "value[?resourceId=='$3' && appRoleId=='$4'].id | [0]")
  if is_needed "$found"; then
    change post "servicePrincipals/$3/appRoleAssignedTo" "{\"principalId\":\"$2\",\"resourceId\":\"$3\",\"appRoleId\":\"$4\"}"
  fi
}

# consent CLIENT SCOPE [USER]: for that user, else for all. A grant that differs is set right.
consent() {
  local filter body found scope
  if [ -n "${3-}" ]; then
    filter="consentType=='Principal' && principalId=='$3'"
    body="\"consentType\":\"Principal\",\"principalId\":\"$3\""
  else
    filter="consentType=='AllPrincipals'"
    body='"consentType":"AllPrincipals"'
  fi
  filter="value[?resourceId=='$graph_id' && $filter]"
  found=$(look_up 'the consent' "servicePrincipals/$1/oauth2PermissionGrants" "$filter.id | [0]")
  if is_needed "$found"; then
    change post oauth2PermissionGrants "{\"clientId\":\"$1\",$body,\"resourceId\":\"$graph_id\",\"scope\":\"$2\"}"
    return 0
  fi
  scope=$(look_up 'its scope' "servicePrincipals/$1/oauth2PermissionGrants" "$filter.scope | [0]")
  if [ "$scope" != "$2" ]; then
    note 'Its scope differs and is set right.'
    change patch "oauth2PermissionGrants/$found" "{\"scope\":\"$2\"}"
  fi
}

# --- The steps ---

unique_suffix=${host_name//./-}
graph_url=https://graph.microsoft.com login_url=https://login.microsoftonline.com audience=api://AzureADTokenExchange

step 'Ask the Azure CLI for its cloud and tenant'
tenant_id='<tenant>'
if [ "$dry_run" = yes ]; then
  show az account show --query tenantId --output tsv
  note 'The commands below are for the public cloud.'
else
  command -v az >/dev/null || { printf 'grant-permissions: the Azure CLI (az) is not installed.\n' >&2; exit 1; }
  tenant_id=$(run az account show --query tenantId --output tsv)
  wanted 'the tenant that az is signed in to' "$tenant_id"
  cloud=$(run az cloud show --query name --output tsv)
  case $cloud in
    AzureCloud) ;;
    AzureUSGovernment) audience=api://AzureADTokenExchangeUSGov graph_url=https://graph.microsoft.us login_url=https://login.microsoftonline.us ;;
    *) printf 'grant-permissions: the cloud %s is not known here.\n' "$cloud" >&2; exit 1 ;;
  esac
fi

step "Find the service account $service_account"
account_id=$(look_up 'id of the service account' users 'value[0].id' "\$filter=userPrincipalName eq '$service_account'")
wanted "the service account $service_account" "$account_id"

step 'Find Microsoft Graph in the tenant'
graph_id=$(look_up 'service principal of Microsoft Graph' servicePrincipals 'value[0].id' "\$filter=appId eq '$graph_app_id'")
wanted 'Microsoft Graph' "$graph_id"

step 'Find Microsoft Graph Change Tracking, which fills the Event Hub, or create its service principal'
tracking_filter="\$filter=appId eq '$change_tracking_app_id'"
tracking_id=$(look_up 'service principal of Change Tracking' servicePrincipals 'value[0].id' "$tracking_filter")
if is_needed "$tracking_id"; then
  change post servicePrincipals "{\"appId\":\"$change_tracking_app_id\"}"
  tracking_id=$(look_up 'service principal of Change Tracking' "servicePrincipals(appId='$change_tracking_app_id')" id)
  wanted 'Microsoft Graph Change Tracking' "$tracking_id"
fi

step 'Let the managed identity read emergency call events (CallEvents-Emergency.Read.All)'
assign servicePrincipals "$identity_id" "$graph_id" "$call_events_emergency_read_all"

# CHAT_RESOURCE_DATA=encrypted needs appRoleAssignmentRequired false on the sign-in application: Graph gets a token for
# it with each notification that carries content. https://learn.microsoft.com/graph/change-notifications-with-resource-data
assignment_required=true
if [ "$chat_resource_data" = encrypted ]; then assignment_required=false; fi

application sign-in "emergency-alerts-sign-in-$unique_suffix" "{\"displayName\":\"Teams Emergency Alerts sign-in ($environment_name)\",\"signInAudience\":\"AzureADMyOrg\",\"isFallbackPublicClient\":true,\"publicClient\":{\"redirectUris\":[\"$login_url/common/oauth2/nativeclient\"]},\"requiredResourceAccess\":[{\"resourceAppId\":\"$graph_app_id\",\"resourceAccess\":[{\"id\":\"$chat_read\",\"type\":\"Scope\"},{\"id\":\"$user_read\",\"type\":\"Scope\"},{\"id\":\"$offline_access\",\"type\":\"Scope\"}]}]}" "$assignment_required"
client_id=$app_id

step 'Assign the service account to it'
assign users "$account_id" "$principal_id" "$default_role"

step "Consent for the service account alone: $account_scope"
consent "$principal_id" "$account_scope" "$account_id"

app_role() {
  printf '{"id":"%s","value":"%s","displayName":"%s","description":"%s","allowedMemberTypes":["User"],"isEnabled":true}' "$1" "$2" "$2" "$3"
}
roles="$(app_role "$responder" Responder 'Sees emergency calls and answers for them'),$(app_role "$administrator" Administrator 'Does what a responder does, and looks after roster, sign-in and settings'),$(app_role "$auditor" Auditor 'Reads and exports the record, and changes nothing')"

application page "emergency-alerts-page-$unique_suffix" "{\"displayName\":\"Teams Emergency Alerts page ($environment_name)\",\"signInAudience\":\"AzureADMyOrg\",\"api\":{\"requestedAccessTokenVersion\":2},\"web\":{\"homePageUrl\":\"https://$host_name/\",\"redirectUris\":[\"https://$host_name/.auth/login/aad/callback\"],\"implicitGrantSettings\":{\"enableAccessTokenIssuance\":false,\"enableIdTokenIssuance\":true}},\"appRoles\":[$roles]}" true

step 'Let the managed identity stand in for a secret of the page application'
upsert "applications/$object_id/federatedIdentityCredentials(name='managed-identity')" "{\"description\":\"The managed identity of the function app, in place of a secret\",\"audiences\":[\"$audience\"],\"issuer\":\"$login_url/$tenant_id/v2.0\",\"subject\":\"$identity_id\"}"

step "Consent for everyone who is assigned to the page: $page_scope"
consent "$principal_id" "$page_scope"
step_text=''

# --- What is left to do ---

if [ "$dry_run" = yes ]; then printf '\nNothing was changed. After a real run, give azd what was made:\n'; else printf '\nDone. Give azd what was made:\n'; fi
cat <<DONE
  azd env set GRAPH_EXTENSION false --environment '$environment_name'
  azd env set CLIENT_ID '$client_id' --environment '$environment_name'
  azd env set PAGE_CLIENT_ID '$app_id' --environment '$environment_name'
  azd env set CHANGE_TRACKING_PRINCIPAL_ID '$tracking_id' --environment '$environment_name'
Assign people to the page by role in the Entra admin centre: Enterprise applications > Teams Emergency Alerts page ($environment_name) > Users and groups.
Only if the service account's sign-in still asks for the approval of an administrator, open this and accept:
  $login_url/$tenant_id/adminconsent?client_id=$client_id
DONE
if [ "$assignment_required" = true ]; then
  printf 'It consents for all users of the tenant; still only the service account may sign in, for no other is assigned.\n'
else
  printf 'It consents for all users of the tenant, and with encrypted content no assignment keeps others out: avoid it.\n'
fi
