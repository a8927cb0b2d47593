const account = String.raw`\d{12}`
const name = String.raw`[\w+=,.@-]{1,128}`
const path = String.raw`(?:[\x21-\x2e\x30-\x7e]{1,64}/){0,8}`

/** ARNs of principals that KMS takes (IAM user guide, "IAM ARNs"): accounts, users, roles, sessions. No groups. */
const principalArn = new RegExp(
  `^arn:aws[a-z-]*:(?:iam::(${account}):(?:root|user/${path}${name}|role/${path}${name})|` +
    `sts::(${account}):(?:assumed-role/${name}/${name}|federated-user/${name}))$`,
)
const servicePrincipal = /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?$/

/** The account of a principal's ARN; nothing for what is none. */
export const accountOfPrincipal = (arn: string): string | undefined => {
  const [, ofIam, ofSts] = principalArn.exec(arn) ?? []
  return ofIam ?? ofSts
}

/** Whether this is the name of an AWS service, as a principal. */
export const isServicePrincipal = (text: string): boolean => servicePrincipal.test(text)
